import type { Actor } from '../../schemas/cases.ts';
import type { DocumentKind, NotificationChannel, NotRemittedReason, RelationState } from '../../schemas/codes.ts';
import type { NoticeRecipient } from '../../schemas/notices.ts';
import { type CaseStatus, type ClockName, COMMAND_NAMES, type CommandName, STATUS_NAMES } from '../../schemas/procedures.ts';
import { demoRegions } from './demo-regions.ts';
import { demoPeople } from './people.ts';

/** What things are called in the story; the code stands in brackets where a reader meets it again in the API. */

const clockText: Record<ClockName, string> = {
  'send-letter': '发出联系函',
  verdict: '校验转移条件',
  overall: '办结转移接续',
  'transfer-out': '办理转出',
  'transfer-in': '办理转入',
  complete: '办结',
  'counterpart-closure': '办结通知送达',
  'tell-applicant': '告知申请人',
  'tell-result': '告知办结结果',
};

export const documentText: Record<DocumentKind, string> = {
  'liaison-letter': '联系函',
  'coverage-voucher': '参保凭证',
  'information-table': '信息表',
  'remittance-advice': '划转通知',
  'not-remitted': '不划转通知',
  'transfer-request': '转移申请',
};

export const notRemittedText: Record<NotRemittedReason, string> = {
  'zero-balance': '账户无余额',
  'no-personal-account': '没有个人账户',
  'paid-to-person': '已支付给本人',
  'not-requested': '未要求划转',
  'local-rule': '依地方规定',
};

export const channelText: Record<NotificationChannel, string> = {
  counter: '窗口',
  phone: '电话',
  sms: '短信',
  post: '邮寄',
  online: '网上',
};

export const recipientText: Record<NoticeRecipient, string> = { person: '参保人', employer: '用人单位' };

const relationText: Record<RelationState, string> = { suspended: '中止', transferring: '转移中', terminated: '终止' };

export const regionName = (code: string): string => demoRegions.find((region) => region.code === code)?.shortName ?? code;
export const clockName = (name: ClockName): string => `${clockText[name]} (${name})`;
export const commandName = (name: CommandName): string => `${COMMAND_NAMES[name]} (${name})`;
export const statusName = (status: CaseStatus): string => `${STATUS_NAMES[status]} (${status})`;
export const relationName = (relation: RelationState): string => `${relationText[relation]} (${relation})`;

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'caller':
      return personName(actor.subject);
    case 'message':
      return `${regionName(actor.region)}发来的报文`;
    case 'bank-statement':
      return `${personName(actor.subject)}导入的银行对账单`;
    default:
      return actor satisfies never;
  }
}

const personName = (subject: string): string => demoPeople.find(({ id }) => id === subject)?.name ?? subject;
