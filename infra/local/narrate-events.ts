import type { Clock } from '../../schemas/clocks.ts';
import { ELIGIBILITY_REASONS, MATERIAL_NAMES, type Material } from '../../schemas/codes.ts';
import type { Correction, SchemeWithdrawalAnswer } from '../../schemas/conversation.ts';
import type { EligibilityFacts, EligibilityVerdict, Ineligible } from '../../schemas/eligibility.ts';
import type { CaseEvent, FieldChange } from '../../schemas/events.ts';
import { MESSAGE_NAMES } from '../../schemas/messages.ts';
import { NOTICE_NAMES } from '../../schemas/notices.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { PROCEDURE_REASONS, type ProcedureId, type ProcedureReason } from '../../schemas/procedures.ts';
import { channelText, clockName, documentText, notRemittedText, recipientText, regionName } from './names.ts';
import { entitlementLines, reconciliationText, supplementText } from './narrate-rights.ts';
import { chinaTime, dueText, yuan } from './text.ts';

/** Where an entry stands: whose record it is, and who is on the other side. */
export interface Scene {
  readonly region: RegionCode;
  readonly counterpart: RegionCode;
}

/** What one event adds to the story beside the command that made it; nothing where the command says it all. */
export function eventLines(event: CaseEvent, scene: Scene): string[] {
  const to = regionName(scene.counterpart);
  const travels = (what: string) => `✉ ${what} → ${to}`;
  switch (event.type) {
    case 'voucher-received':
    case 'request-received':
    case 'letter-received':
    case 'remittance-advice-received':
    case 'not-remitted-received':
    case 'table-received':
    case 'completion-received':
      return [];
    case 'opened':
      return [
        `业务编号 ${event.caseNumber}，原参保地 ${regionName(event.application.formerRegion)}`,
        ...procedureLines(event),
        ...missingLines(event.materials),
      ];
    case 'voucher-sent':
      return [`业务编号 ${event.caseNumber}`, ...procedureLines(event), travels(`参保凭证${event.voucher.number}`)];
    case 'applied':
      return missingLines(event.materials);
    case 'materials-returned':
      return [`一次性告知须补齐：${materialsText(event.missing)}`];
    case 'materials-handed-in':
      return [`已交：${materialsText(event.materials)}`];
    case 'accepted':
      return event.facts ? [factsText(event.facts)] : [];
    case 'requested':
      return [
        `业务编号 ${event.caseNumber}，${event.side === 'transferIn' ? '在转入地申请' : '在转出地申请'}`,
        ...procedureLines(event),
        factsText(event.facts),
        travels(`转移申请，附本地校验结果：${verdictText(event.request.verdict)}`),
      ];
    case 'verdict-given':
      return [...(event.facts ? [factsText(event.facts)] : []), travels(`校验结果：${verdictText(event.verdict)}`)];
    case 'verdict-received':
      return [`对方校验结果：${verdictText(event.verdict)}`];
    case 'letter-sent':
      return [travels(`联系函 ${event.letter.number}`)];
    case 'termination-proposed':
      return [factsText(event.facts), `拟终止日期 ${event.terminatedOn}，须由另一人复核`];
    case 'relation-terminated':
      return [`终止日期 ${event.terminatedOn}`];
    case 'remittance-proposed':
      return [`拟划转 ${yuan(event.entry.amountFen)}，须由另一人复核`];
    case 'remitted':
      return [travels(`划转通知 ${yuan(event.advice.amountFen)}`)];
    case 'not-remitted':
      return [travels(`不划转通知：${notRemittedText[event.notice.reason]} (${event.notice.reason})`)];
    case 'table-proposed':
      return [`共 ${event.entry.totalMonths} 个月，余额 ${yuan(event.entry.balanceFen)}，须由另一人复核`];
    case 'table-sent':
      return [travels(`信息表 ${event.table.number}，共 ${event.table.totalMonths} 个月`)];
    case 'money-received':
      return [`到账 ${yuan(event.money.amountFen)}，起息日 ${event.money.valueDate}${event.bankLine ? '，按流水号与划转通知一致' : ''}`];
    case 'money-rejected':
      return [`退回到账确认：${event.reason}`];
    case 'credited':
      return [`核对：${reconciliationText(event.reconciliation)}`, `计入个人账户 ${yuan(event.amountFen)}，由确认到账者以外的人办理`];
    case 'entitlement-assessed':
      return entitlementLines(event.entitlement);
    case 'record-supplemented':
      return [supplementText(event.supplement)];
    case 'notice-created':
      return [`待告知${recipientText[event.to]}：${NOTICE_NAMES[event.kind]}`];
    case 'notice-delivered':
      return [`已告知${recipientText[event.to]}：${NOTICE_NAMES[event.kind]}，告知方式：${channelText[event.delivery.channel]}`];
    case 'scheme-withdrawal-sent':
      return [travels(`退出新农合通知，已在${regionName(event.notice.joinedRegion)}参加城镇基本医疗保险`)];
    case 'scheme-withdrawal-by-hand':
      return [`退出新农合通知须以其他方式送交${to}：对方系统不接收此类报文`];
    case 'scheme-withdrawal-received':
      return [`已在${regionName(event.notice.joinedRegion)}参加城镇基本医疗保险，请办理退出新农合`];
    case 'scheme-withdrawal-answered':
      return [travels(withdrawalText(event.answer))];
    case 'scheme-withdrawal-answer-received':
      return [withdrawalText(event.answer)];
    case 'completed':
      return [travels('办结通知')];
    case 'ineligibility-sent':
      return [travels(`不符合转移条件通知：${reasonsText(event.notice.reasons)}`)];
    case 'ineligibility-received':
      return [`不符合转移条件：${reasonsText(event.notice.reasons)}`];
    case 'applicant-notified':
      return [`告知方式：${channelText[event.channel]}`];
    case 'forwarded':
      return [`转送 ${regionName(event.notice.region)}：${event.notice.reason}`, travels('转送通知')];
    case 'forwarded-received':
      return [`联系函已转送${regionName(event.notice.region)}：${event.notice.reason}`];
    case 'forward-failed':
      return [`联系函未能转送${regionName(event.notice.region)}：${reasonsText(event.reasons)}`];
    case 'query-sent':
      return [travels(`就${documentText[event.query.about]}询问：${event.query.question}（${event.query.fields.join('、')}）`)];
    case 'query-received':
      return [`就${documentText[event.query.about]}询问：${event.query.question}`];
    case 'correction-sent':
      return [travels(correctionText(event.correction)), ...changeLines(event.changes)];
    case 'correction-received':
      return changeLines(event.changes);
    case 'explanation-sent':
      return [travels(`说明情况：${event.explanation.text}`)];
    case 'explanation-received':
      return [`说明：${event.explanation.text}`];
    case 'withdrawn':
      return [`撤回原因：${event.reason}`];
    case 'withdrawal-sent':
      return [travels(`撤回申请：${event.withdrawal.reason}`)];
    case 'withdrawal-received':
      return [`撤回原因：${event.withdrawal.reason}；${event.granted ? '准予撤回' : '为时已晚'}`];
    case 'withdrawal-answered':
      return [travels(`撤回答复：${event.answer.granted ? '准予' : '为时已晚'}`)];
    case 'withdrawal-answer-received':
      return [`撤回${event.answer.granted ? '获准' : '为时已晚'}`];
    case 'closure-proposed':
      return [travels(`协商终结提议：${event.proposal.reason}`)];
    case 'closure-proposal-received':
      return [`提议原因：${event.proposal.reason}`];
    case 'closure-answered':
      return [travels(`协商终结答复：${event.answer.agreed ? '同意' : '不同意'}`)];
    case 'closure-answer-received':
      return [`对方${event.answer.agreed ? '同意' : '不同意'}终结`];
    case 'reminded':
      return [travels(reminderText(event.reminder))];
    case 'reminder-received':
      return [reminderText(event.reminder)];
    case 'noted':
      return [`记录${MESSAGE_NAMES[event.messageType]}：已无须办理`];
    case 'message-delivered':
      return [`✓ ${MESSAGE_NAMES[event.messageType]}已于 ${chinaTime(event.deliveredAt)} 送达${to}`];
    case 'clock-started':
      return [startedText(event.clock, scene)];
    case 'clock-stopped':
      return [`⏱ 时限停止：${clockName(event.clock)}，${event.late ? '已超期' : '按时'}`];
    default:
      return event satisfies never;
  }
}

/** A copy that a message began has no reason: its sender chose. */
const procedureLines = ({ procedure, procedureReason }: { procedure: ProcedureId; procedureReason?: ProcedureReason | undefined }) =>
  procedureReason ? [`规程 ${procedure}：${PROCEDURE_REASONS[procedureReason]}`] : [];

const materialsText = (materials: readonly Material[]): string => materials.map((material) => MATERIAL_NAMES[material]).join('、');

const missingLines = (missing: readonly Material[] = []): string[] => (missing.length > 0 ? [`尚缺材料：${materialsText(missing)}`] : []);

const participationText = { none: '没有参保记录', active: '正常参保', suspended: '已中止参保', terminated: '已终止参保' } as const;

function factsText(facts: EligibilityFacts): string {
  const since = (text: string, day: string | undefined) => (day ? `${text}（${day}）` : text);
  const relation =
    facts.side === 'transferIn'
      ? since(facts.enrolled ? '已在本地参保' : '尚未在本地参保', facts.enrolledOn)
      : since(`在本地${participationText[facts.participation]}`, facts.suspendedOn);
  return `核实：${relation}，${facts.retired ? '已退休' : '未退休'}`;
}

const reasonsText = (reasons: readonly Ineligible[]): string => reasons.map(({ code }) => ELIGIBILITY_REASONS[code].text).join('；');

const verdictText = (verdict: EligibilityVerdict): string =>
  verdict.eligible ? '符合转移条件' : `不符合转移条件（${reasonsText(verdict.reasons)}）`;

const correctionText = ({ about }: Correction): string => `更正后的${documentText[about]}`;

const changeLines = (changes: readonly FieldChange[]): string[] =>
  changes.map(({ field, before = '（无）', after = '（无）' }) => `${field}：${before} → ${after}`);

const withdrawalText = ({ answer }: SchemeWithdrawalAnswer): string =>
  answer.withdrawn ? `已退出新农合（${answer.withdrawnOn}）` : `未退出新农合：${answer.reason}`;

const reminderText = ({ note, dueOn }: { note?: string | undefined; dueOn?: string | undefined }): string =>
  ['催办', ...(note ? [note] : []), ...(dueOn ? [`${dueOn} 到期`] : [])].join('，');

function startedText(clock: Clock, { region }: Scene): string {
  const { name, owner, days, article, startedOn, dueOn, skipped, provisional } = clock;
  const title = owner === region ? '时限开始' : '跟踪对方时限';
  const holidays = skipped.length === 0 ? '' : `，其间 ${skipped.map(({ date, reason }) => `${date} ${reason}`).join('、')} 不计`;
  const open = provisional ? '，日历待公布' : '';
  const counted = days === 0 ? `${startedOn} 当日` : `${startedOn} 次日起 ${days} 个工作日`;
  return `⏱ ${title}：${regionName(owner)} ${clockName(name)}，${article}，${counted}，${dueText(dueOn)} 到期${holidays}${open}`;
}
