import type { TransferInCase } from '../../../schemas/cases.ts';
import { InsuranceRecord } from '../../../schemas/record.ts';
import { finding, Refusal } from '../../platform/errors.ts';
import type { RouteHandler } from '../../platform/http.ts';
import type { Log } from '../../platform/log.ts';
import { type CallerCaseDeps, caseOfCaller } from '../caller-case.ts';
import { joinRecord } from './join.ts';
import type { RecordStore } from './record-store.ts';
import { sourcesOf } from './sources.ts';

export type RecordApiDeps = CallerCaseDeps & { log: Log; records: Pick<RecordStore, 'ofPerson'> };

/** Handler of the record of the person whom a case is about (B14), by route key. */
export const recordHandlers = (deps: RecordApiDeps): [string, RouteHandler][] => [
  ['GET /v1/cases/{caseNumber}/record', recordHandler(deps)],
];

/** 参保记录: the file of the person in this region, whichever of its offices had the cases (S94 11). */
const recordHandler =
  (deps: RecordApiDeps): RouteHandler =>
  async (http) => {
    const state = await caseOfCaller(deps, http);
    if (state.side !== 'transferIn') throw keptAtTransferIn();
    const cases = await casesWith(deps, state);
    const record = joinRecord(state.caseNumber, sourcesOf(cases));
    // Who saw what of whom (F3): the record shows something of each of these cases. Written before it is shown.
    for (const { caseNumber, region } of cases) {
      const { office, role, sub: subject } = http.caller;
      deps.log.info('record.viewed', { caseNumber, region, office, role, subject });
    }
    return { status: 200, body: InsuranceRecord.parse(record) };
  };

/** The case itself is among them even where it began before persons were indexed. */
async function casesWith({ records }: RecordApiDeps, state: TransferInCase): Promise<TransferInCase[]> {
  const all = await records.ofPerson(state.region, state.personHash);
  const others = all.filter(({ caseNumber }) => caseNumber !== state.caseNumber);
  return [state, ...others.flatMap((other) => (other.side === 'transferIn' ? [other] : []))];
}

const keptAtTransferIn = (): Refusal =>
  new Refusal('case.wrong-state', [
    finding('side', 'transferOut', '本地区为转出地，参保记录由转入地归集 (yours is the side left: transferIn joins the record)'),
  ]);
