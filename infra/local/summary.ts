import type { CaseView, TimelineView } from '../../schemas/api.ts';
import { ClockName } from '../../schemas/procedures.ts';
import { actorName, clockName, commandName, regionName, relationName, statusName } from './names.ts';
import { chinaTime, columns, dueText } from './text.ts';

/** One side of a case at its end: its timeline and its clocks as aligned lines. */
export function summarise({ case: state }: CaseView, { entries, intact }: TimelineView): string[] {
  const side = state.side === 'transferIn' ? '转入地' : '转出地';
  const relation = state.side === 'transferOut' ? `，参保关系${relationName(state.relation)}` : '';
  const timeline = entries.map(({ n, recordedAt, actor, command }) => [
    String(n).padStart(2),
    chinaTime(recordedAt),
    actorName(actor),
    commandName(command),
  ]);
  const clocks = ClockName.options.flatMap((name) => {
    const clock = state.clocks[name];
    const end = clock?.stoppedAt === undefined ? '进行中' : `停于 ${chinaTime(clock.stoppedAt)}`;
    return clock === undefined
      ? []
      : [[clockName(name), `责任方 ${regionName(clock.owner)}`, `始于 ${clock.startedOn}`, `${dueText(clock.dueOn)} 到期`, end]];
  });
  return [
    '',
    `【${regionName(state.region)} · ${side}】业务 ${state.caseNumber}，${statusName(state.status)}${relation}，时间线${intact ? '完整' : '已被改动'}`,
    ...indent(columns(timeline)),
    '  时限',
    ...indent(columns(clocks)),
  ];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);
