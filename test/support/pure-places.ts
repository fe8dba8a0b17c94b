import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { schemesOf } from '../../functions/cases/facts.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Region } from '../../schemas/directory.ts';
import type { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { isFinal } from '../../schemas/procedures.ts';
import { OFFICES, REGIONS, WUHAN } from './cases.ts';
import { anOffice } from './directory.ts';
import { CHENGDU } from './documents.ts';

/** The three regions of the pure exchange as the directory has them, and who has which person's place there. */

const WUHAN_OFFICE = '42010001';
export const REGIONS_OF_THREE = {
  ...REGIONS,
  [WUHAN]: { ...REGIONS[CHENGDU]!, code: WUHAN, name: '武汉市', mainOffice: WUHAN_OFFICE } as Region,
};
export const OFFICES_OF_THREE = {
  ...OFFICES,
  [WUHAN]: anOffice({ code: WUHAN_OFFICE, region: WUHAN, name: '武汉市医疗保障事务中心（演示）' }),
};

/** The region at the other end of a case that a clerk begins. */
export function counterpartIn(command: Command): RegionCode | undefined {
  switch (command.name) {
    case 'open':
      return command.application.formerRegion;
    case 'request':
      return command.request.counterpart;
    case 'send-voucher':
      return command.newRegion;
    default:
      return undefined;
  }
}

/** `yieldsTo`: begun by transferOut, gives way to a case that this region began in the same instant. */
type Holder = { caseNumber: CaseNumber; yieldsTo?: RegionCode };

/** Who has the person's place for a former scheme and region, as the store keeps it in rows with conditions (A10). */
export class PurePlaces {
  readonly #holders = new Map<string, Holder>();

  /** The open case that the change would meet; `byMessage`: transferIn's word comes before transferOut's. */
  inTheWay(before: Folded, after: TransferCase, byMessage: boolean): CaseNumber | undefined {
    const holder = this.#holders.get(placeKey(after) ?? '');
    if (!holder || holder.caseNumber === after.caseNumber) return undefined;
    if (before) return isLetterOfVoucher(before, after) ? holder.caseNumber : undefined;
    const mayTake = byMessage && after.side === 'transferOut' && !after.letter?.forwardedFrom;
    return mayTake && holder.yieldsTo === after.counterpart ? undefined : holder.caseNumber;
  }

  change(before: Folded, after: TransferCase): void {
    const key = placeKey(after);
    if (key === undefined) return;
    const { caseNumber, counterpart } = after;
    const holder = this.#holders.get(key);
    const beginsAtOut = after.side === 'transferOut' && after.sequences.handled === 0;
    if (!before && holds(after)) this.#holders.set(key, { caseNumber, ...(beginsAtOut && { yieldsTo: counterpart }) });
    if (!before || !holds(before)) return;
    const isFirstWord = before.side === 'transferOut' && before.sequences.handled === 0 && after.sequences.handled > 0;
    if (holds(after) && isFirstWord && (!holder || holder.caseNumber === caseNumber)) this.#holders.set(key, { caseNumber });
    if (!holds(after) && holder?.caseNumber === caseNumber) this.#holders.delete(key);
  }
}

const holds = ({ status }: TransferCase) => !isFinal(status) && status !== 'ineligible';
const isLetterOfVoucher = (before: TransferCase, after: TransferCase) =>
  before.status === 'voucher-sent' && after.status === 'letter-received';

/** One place per region, person, former scheme and former region, as it stood when the case began. */
function placeKey(state: TransferCase): string | undefined {
  const { region, personHash, side } = state;
  if (!personHash) return undefined;
  const former =
    side === 'transferOut'
      ? region
      : (state.application?.formerRegion ?? state.request?.formerRegion ?? state.voucher?.participationRegion ?? state.counterpart);
  return [region, personHash, schemesOf(state).formerScheme, former].join('|');
}
