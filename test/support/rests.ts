import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { BusinessMessageType } from '../../schemas/messages.ts';
import { CalendarDate, Fen, Instant, type RegionCode } from '../../schemas/primitives.ts';
import { COMMANDS, contextOf, messageFrom, money, move, uuid } from './cases.ts';
import { CHENGDU, HANGZHOU } from './documents.ts';

type Name = 'open' | 'accept' | 'send-letter' | 'confirm-termination' | 'remit' | 'not-remit' | 'send-table' | 'confirm-money' | 'complete';
/** Both copies after a clerk's command, everything that it sent received and receipted; before the letter there is one copy only. */
export type Rest = { after: Name; transferIn: TransferCase; transferOut: TransferCase | undefined };
type Turn = { region: RegionCode; name: Name; on: string; brings?: [Command, BusinessMessageType] };

const tableThat = (remitted: boolean): Command => {
  const receive = COMMANDS['receive-table'];
  return remitted ? receive : { ...receive, table: { ...receive.table, transferredFen: Fen.parse(0) } };
};

const turnsOf = (remitted: boolean): Turn[] => [
  { region: HANGZHOU, name: 'open', on: '2026-03-02' },
  { region: HANGZHOU, name: 'accept', on: '2026-03-02' },
  { region: HANGZHOU, name: 'send-letter', on: '2026-03-03', brings: [COMMANDS['receive-letter'], 'cn.jiexu.liaison-letter.v1'] },
  { region: CHENGDU, name: 'confirm-termination', on: '2026-03-03' },
  remitted
    ? { region: CHENGDU, name: 'remit', on: '2026-03-04', brings: [COMMANDS['receive-remittance-advice'], 'cn.jiexu.remittance-advice.v1'] }
    : { region: CHENGDU, name: 'not-remit', on: '2026-03-04', brings: [COMMANDS['receive-not-remitted'], 'cn.jiexu.not-remitted.v1'] },
  { region: CHENGDU, name: 'send-table', on: '2026-03-04', brings: [tableThat(remitted), 'cn.jiexu.information-table.v1'] },
  ...(remitted ? [{ region: HANGZHOU, name: 'confirm-money', on: '2026-03-06' } satisfies Turn] : []),
  { region: HANGZHOU, name: 'complete', on: '2026-03-09', brings: [COMMANDS['receive-completion'], 'cn.jiexu.completion-notice.v1'] },
];

/** The straight road of 2016.1, looked at whenever nothing is on its way. */
export function restsOf2016({ remitted }: { remitted: boolean }): Rest[] {
  const copies = new Map<RegionCode, Folded>();
  const rests: Rest[] = [];
  for (const { region, name, on, brings } of turnsOf(remitted)) {
    const at = Instant.parse(`${on}T02:00:00.000Z`);
    const other = region === HANGZHOU ? CHENGDU : HANGZHOU;
    const run = (where: RegionCode, command: Command, from?: RegionCode) => {
      const said = { occurredAt: at, today: CalendarDate.parse(on), ...(from && { actor: messageFrom(from) }) };
      copies.set(where, move(copies.get(where), { command, context: contextOf(where, said) }).state);
    };
    run(region, name === 'confirm-money' ? { name, money: money({ valueDate: '2026-03-05' }) } : COMMANDS[name]);
    if (brings) {
      const [receive, messageType] = brings;
      run(other, receive, region);
      run(region, { name: 'record-delivery', messageType, messageId: uuid(1), deliveredAt: at }, other);
    }
    const transferIn = copies.get(HANGZHOU);
    if (transferIn) rests.push({ after: name, transferIn, transferOut: copies.get(CHENGDU) });
  }
  return rests;
}
