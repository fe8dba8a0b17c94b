import type { Region } from '../../../schemas/directory.ts';
import { CalendarDate } from '../../../schemas/primitives.ts';
import { ProcedureId, type ProcedureReason } from '../../../schemas/procedures.ts';

export type Family = '2016' | '2021';
export type ProcedureChoice = { procedure: ProcedureId; reason: ProcedureReason };

/** 《办法》12月1日起施行 (S21). */
const MEASURES_OF_2021 = CalendarDate.parse('2021-12-01');
/** What software speaks that was registered before it could say so. */
const BEFORE_IT_WAS_SAID: readonly ProcedureId[] = ['2016.1'];

export const familyOf = (procedure: ProcedureId): Family => (procedure === '2021.1' ? '2021' : '2016');

/**
 * The procedure of a case that begins today between two regions (B21): the measures of 2021 once they are in force and both regions are online,
 * else the procedure of 2016; of either the newest version that the software of both speaks.
 */
export function chooseProcedure(today: CalendarDate, own: Region, counterpart: Region): ProcedureChoice {
  const reason = reasonAgainst2021(today, own, counterpart);
  const family: Family = reason === undefined ? '2021' : '2016';
  const procedure = newestCommon(family, own, counterpart);
  if (procedure) return { procedure, reason: reason ?? 'both-online' };
  return { procedure: newestCommon('2016', own, counterpart) ?? '2016.1', reason: 'counterpart-version' };
}

function reasonAgainst2021(today: CalendarDate, own: Region, counterpart: Region): ProcedureReason | undefined {
  if (today < MEASURES_OF_2021) return 'before-2021-12';
  if (!isOnline(own, today)) return 'own-not-online';
  return isOnline(counterpart, today) ? undefined : 'counterpart-not-online';
}

const isOnline = ({ onlineSince }: Region, today: CalendarDate): boolean => onlineSince !== undefined && onlineSince <= today;

/** Whether the software of a region speaks a procedure. */
export const speaks = ({ procedures }: Region, id: ProcedureId): boolean => (procedures ?? BEFORE_IT_WAS_SAID).includes(id);

function newestCommon(family: Family, own: Region, counterpart: Region): ProcedureId | undefined {
  return ProcedureId.options.findLast((id) => familyOf(id) === family && speaks(own, id) && speaks(counterpart, id));
}
