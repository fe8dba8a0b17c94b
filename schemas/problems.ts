import * as z from 'zod';

/** Stable codes of everything that can be refused: HTTP status, Chinese title, English title. Codes are never reused. */
export const PROBLEMS = {
  'request.invalid': [400, '请求内容不符合要求', 'The request is not valid'],
  'request.no-idempotency-key': [400, '缺少幂等键 Idempotency-Key', 'The Idempotency-Key header is missing'],
  'request.key-reused': [409, '同一幂等键已用于另一内容', 'The idempotency key was used with another body'],
  'caller.unknown': [401, '无法识别调用者', 'The caller cannot be identified'],
  'caller.role-not-allowed': [403, '当前角色无权办理', 'The role may not do this'],
  'caller.wrong-office': [403, '该业务由其他经办机构办理', 'The case belongs to another office'],
  'route.not-found': [404, '没有这个接口', 'No such route'],
  'case.not-found': [404, '未找到该业务', 'No such case'],
  'case.wrong-state': [409, '当前环节不能办理此操作', 'The command is not allowed in this state'],
  'case.stale-version': [412, '业务已被更新，请刷新后再办', 'The case has changed since it was read'],
  'case.busy': [503, '业务正在被同时办理，请重试', 'The case is being changed at the same time; try again'],
  'case.timeline-broken': [409, '办理记录已损坏，无法还原该时刻的业务', 'The timeline is damaged: the case at that time cannot be told'],
  'case.already-open': [409, '同一人员、险种和原参保地已有在办业务', 'A case for this person, scheme and former region is open already'],
  'case.inconsistent': [422, '填报内容前后不一致', 'The statements contradict each other'],
  'case.other-procedure': [409, '该业务适用另一办理规程', 'Another procedure applies'],
  'case.not-eligible': [422, '不符合转移接续条件', 'The relation cannot be handed over'],
  'case.materials': [422, '申请材料不符合要求', 'The materials are not as they must be'],
  'case.same-person': [403, '须由另一人复核', 'A second person must approve'],
  'case.pending': [409, '有待答复的事项，暂不能办理', 'Something waits for an answer first'],
  'application.not-found': [404, '未找到该申请', 'No such application'],
  'application.mismatch': [422, '与所属申请不符', 'The case does not fit its application'],
  'progress.not-found': [404, '未查到办理进度，请核对业务编号和证件号码', 'Nothing found for this number and ID'],
  'progress.too-many': [429, '查询过于频繁，请稍后再试', 'Too many queries; try again later'],
  'case.not-reconciled': [409, '凭证、信息表与到账金额不一致', 'Voucher, table and money do not agree'],
  'entitlement.not-found': [404, '该业务尚未核定待遇', 'No benefits were assessed in this case'],
  'voucher.not-issuable': [422, '不能开具参保（合）凭证', 'No voucher can be issued'],
  'voucher.not-found': [404, '未找到该凭证', 'No such voucher'],
  'voucher.no-notice': [409, '该凭证没有此项待告知事项', 'No such notice of the voucher waits to be given'],
  'voucher.too-many-checks': [429, '核验过于频繁，请稍后再试', 'Too many checks; try again later'],
  'money.line-not-found': [404, '未找到该笔到账', 'No such bank line'],
  'money.stale-version': [412, '该笔到账已有变化，请刷新后再办', 'The bank line has changed since it was read'],
  'money.wrong-state': [409, '该笔到账当前不能办理此操作', 'The bank line is not in that state'],
  'money.not-matching': [422, '该笔到账与业务不符', 'The bank line does not fit the case'],
  'import.not-found': [404, '未找到该导入', 'No such import'],
  'import.repeated': [409, '同一文件已经导入', 'The same file was imported already'],
  'import.file-missing': [409, '文件尚未上传', 'The file has not been uploaded'],
  'import.file-differs': [422, '文件与登记的长度或摘要不符', 'The file is not the one that was announced'],
  'identity.not-matching': [422, '两份身份信息不足以合并', 'The two identities do not agree enough'],
  'identity.open-case': [409, '该编号有在办业务，办结后再合并', 'The number has an open case; merge when that has ended'],
  'identity.merged': [409, '该编号已与另一证件合并', 'The number belongs to another person already'],
  'recipient.version': [422, '对方系统版本尚不支持', 'The software of the other region does not know this yet'],
  'recipient.unknown': [422, '经办机构目录中没有该统筹地区', 'The directory has no such region'],
  'recipient.not-connected': [422, '该统筹地区尚未接入交换', 'The region is not connected'],
  'directory.office-unknown': [422, '经办机构目录中没有该机构', 'The directory has no such office'],
  'directory.region-not-found': [404, '未找到该统筹地区', 'No such region in the directory'],
  'directory.payee-missing': [422, '目录中没有本统筹地区的收款账户', 'The directory has no payee account of this region'],
  'directory.office-region-fixed': [422, '经办机构不得改属其他统筹地区', 'An office stays in its region'],
  'directory.office-not-found': [404, '未找到该经办机构', 'No such office'],
  'directory.stale-version': [412, '目录记录已有更新的版本，请刷新后再改', 'The directory record has changed since it was read'],
  'directory.rules-not-found': [404, '未找到该统筹地区的规定', 'No rules of this region'],
  'directory.changed': [409, '目录记录已被他人修改', 'The directory record was changed by somebody else'],
  // Ours to mend, so a message that meets it comes back later.
  'calendar.year-missing': [503, '工作日历缺少该年份', 'The working-day calendar lacks the year'],
  'message.too-large': [422, '文书超过200 KB', 'The message is larger than 200 KB'],
  'message.not-json': [422, '报文不是有效的 JSON', 'The message is not JSON'],
  'message.schema': [422, '报文不符合规范', 'The message breaks its schema'],
  'message.not-ours': [422, '报文的收件地区不是本地区', 'The message is for another region'],
  'message.unknown-sender': [422, '目录中没有发送地区或其签名密钥', 'The directory has no key of the sender'],
  'message.signature': [422, '报文签名不符', 'The signature does not fit the message'],
  'message.wrong-party': [422, '发送地区不是该业务的对方', 'The sender is not the counterpart of the case'],
  'message.procedure': [422, '报文所属规程与业务不符', 'The message names another procedure than its case'],
  'message.sequence-conflict': [422, '同一序号已收到另一报文', 'Another message with this sequence was handled'],
  'message.receipt-unmatched': [422, '回执所指报文不存在', 'The receipt names a message that was never sent'],
  'message.not-found': [404, '未找到该报文', 'No such message'],
  'quarantine.not-found': [404, '隔离区没有该报文', 'No such message in quarantine'],
  'quarantine.already-replayed': [409, '该报文已重放或已处理', 'The message was replayed or handled already'],
  // An answer lost on the way may be that of a change that was stored.
  'server.fault': [
    500,
    '系统故障，结果未知；请用同一幂等键重试，或刷新后查看',
    'A fault of ours; the outcome is unknown: repeat with the same idempotency key or look again',
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Seconds (`Retry-After`) after which what is refused for the moment is worth another try; the calendar is read anew every ten minutes. */
export const RETRY_AFTER: ReadonlyMap<ProblemCode, number> = new Map([
  ['case.busy', 1],
  ['calendar.year-missing', 600],
  ['progress.too-many', 3_600],
  ['voucher.too-many-checks', 3_600],
]);

/** One finding: the field (JSON path), a stable code, and the reason in Chinese with English in brackets. Never the value. */
export const FieldError = z.strictObject({ field: z.string(), code: z.string(), reason: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** Problem details (RFC 9457). */
export const ProblemDetail = z.strictObject({
  type: z.string(),
  title: z.string(),
  titleEn: z.string(),
  status: z.int(),
  code: z.string(),
  errors: z.array(FieldError),
  /** Quoted to support; found again in the logs. */
  requestId: z.string(),
});
export type ProblemDetail = z.infer<typeof ProblemDetail>;
