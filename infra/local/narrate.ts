import type { Actor, CaseEvent, Clock, TimelineEntry } from '../../schemas/cases.ts';
import type { BusinessMessageType } from '../../schemas/messages.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { ClockName, CommandName } from '../../schemas/procedures.ts';
import { demoRegions } from './demo-regions.ts';
import { demoPeople } from './people.ts';
import { chinaTime, dueText, yuan } from './text.ts';

const commandText: Record<CommandName, string> = {
  open: '登记申请',
  accept: '受理',
  'send-letter': '发出联系函',
  'confirm-termination': '终止医疗保险关系',
  remit: '划转个人账户余额',
  'not-remit': '告知不划转及原因',
  'send-table': '发出信息表',
  'confirm-money': '确认到账',
  complete: '办结',
  'receive-letter': '收到联系函',
  'receive-remittance-advice': '收到划转通知',
  'receive-not-remitted': '收到不划转通知',
  'receive-table': '收到信息表',
  'receive-completion': '收到办结通知',
  'record-delivery': '记录送达回执',
};

const clockText: Record<ClockName, string> = {
  'send-letter': '发出联系函',
  'transfer-out': '办理转出',
  complete: '办结',
  'counterpart-closure': '办结通知送达',
};

const messageText: Record<BusinessMessageType, string> = {
  'cn.jiexu.liaison-letter.v1': '联系函',
  'cn.jiexu.remittance-advice.v1': '划转通知',
  'cn.jiexu.not-remitted.v1': '不划转通知',
  'cn.jiexu.information-table.v1': '信息表',
  'cn.jiexu.completion-notice.v1': '办结通知',
};

export const regionName = (code: string): string => demoRegions.find((region) => region.code === code)?.shortName ?? code;
export const clockName = (name: ClockName): string => `${clockText[name]} (${name})`;
export const commandName = (name: CommandName): string => `${commandText[name]} (${name})`;

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'caller':
      return demoPeople.find(({ id }) => id === actor.subject)?.name ?? actor.subject;
    case 'message':
      return `${regionName(actor.region)}发来的报文`;
    default:
      return actor satisfies never;
  }
}

/** Where an entry stands: whose record it is, and who is on the other side. */
export interface Scene {
  readonly region: RegionCode;
  readonly counterpart: RegionCode;
}

/** One timeline entry as lines: who did what, which message travelled, which clock started and when it is due, in China time. */
export function narrate(entry: TimelineEntry, scene: Scene): string[] {
  const head = `${chinaTime(entry.recordedAt)}  【${regionName(scene.region)}】${actorName(entry.actor)}：${commandName(entry.command)}`;
  return [head, ...entry.events.flatMap((event) => eventLines(event, scene)).map((line) => `    ${line}`)];
}

function eventLines(event: CaseEvent, scene: Scene): string[] {
  const to = regionName(scene.counterpart);
  const travels = (what: string) => [`✉ ${what} → ${to}`];
  switch (event.type) {
    case 'opened':
      return [`业务编号 ${event.caseNumber}，原参保地 ${regionName(event.application.formerRegion)}`];
    case 'accepted':
    case 'letter-received':
    case 'remittance-advice-received':
    case 'not-remitted-received':
    case 'table-received':
    case 'completion-received':
      return [];
    case 'letter-sent':
      return travels(`联系函 ${event.letter.number}`);
    case 'relation-terminated':
      return [`终止日期 ${event.terminatedOn}`];
    case 'remitted':
      return travels(`划转通知 ${yuan(event.advice.amountFen)}`);
    case 'not-remitted':
      return travels(`不划转通知 ${event.notice.reason}`);
    case 'table-sent':
      return travels(`信息表 ${event.table.number}，共 ${event.table.totalMonths} 个月`);
    case 'money-received':
      return [`到账 ${yuan(event.money.amountFen)}，起息日 ${event.money.valueDate}`];
    case 'completed':
      return travels('办结通知');
    case 'message-delivered':
      return [`✓ ${messageText[event.messageType]}已于 ${chinaTime(event.deliveredAt)} 送达${to}`];
    case 'clock-started':
      return [startedText(event.clock, scene)];
    case 'clock-stopped':
      return [`⏱ 时限停止：${clockName(event.clock)}，${event.late ? '已超期' : '按时'}`];
    default:
      return event satisfies never;
  }
}

function startedText(clock: Clock, { region }: Scene): string {
  const { name, owner, days, article, startedOn, dueOn, skipped, provisional } = clock;
  const title = owner === region ? '时限开始' : '跟踪对方时限';
  const holidays = skipped.length === 0 ? '' : `，其间 ${skipped.map(({ date, reason }) => `${date} ${reason}`).join('、')} 不计`;
  const open = provisional ? '，日历待公布' : '';
  return `⏱ ${title}：${regionName(owner)} ${clockName(name)}，${article}，${startedOn} 次日起 ${days} 个工作日，${dueText(dueOn)} 到期${holidays}${open}`;
}
