import { type PersonHash, PersonNumber, type RegionCode } from '../../../schemas/primitives.ts';
import { type CardRow, IdentityMerge, IdentityMergeView } from '../../../schemas/record.ts';
import type { Directory } from '../../directory/reader.ts';
import { finding, parseOrRefuse, Refusal } from '../../platform/errors.ts';
import type { RouteHandler } from '../../platform/http.ts';
import { regionOfCaller } from '../commands-api.ts';
import { untilSettled } from '../execute.ts';
import type { HashPerson } from '../person-hash.ts';
import type { RecordStore } from '../record/record-store.ts';
import type { CaseDeps } from '../request.ts';
import type { IdentityStore, Merge } from './identity-store.ts';
import { matchedAttributes } from './merge.ts';

export type IdentityApiDeps = Pick<CaseDeps, 'clock' | 'log'> & {
  directory: Pick<Directory, 'office'>;
  identities: IdentityStore;
  records: Pick<RecordStore, 'openUnder'>;
  /** Hash of the number itself, whosever it is by now. */
  numberHash: HashPerson;
};

/** Handler of the merge of two numbers of one person (B22), by route key. */
export const identityHandlers = (deps: IdentityApiDeps): [string, RouteHandler][] => [['POST /v1/identities', mergeHandler(deps)]];

/** Merging the same two again gives the answer of the first time, so that no key is needed. */
const mergeHandler =
  (deps: IdentityApiDeps): RouteHandler =>
  async (http) => {
    const region = await regionOfCaller(deps, http);
    const said = parseOrRefuse(IdentityMerge, http.body, 'request.invalid');
    const matched = matchedAttributes(said);
    const [card, personHash] = await Promise.all([
      deps.numberHash(PersonNumber.parse(said.card.number), region),
      deps.numberHash(PersonNumber.parse(said.person.idNumber), region),
    ]);
    const { office, role, sub: subject } = http.caller;
    const merge = { personHash, matched, mergedAt: deps.clock.now(), by: subject };
    const merged = await untilSettled(() => tryMerge(deps, region, card, merge));
    if (merged === merge) deps.log.info('identity.merged', { region, office, role, subject });
    return { status: 200, body: IdentityMergeView.parse({ matched: merged.matched, mergedAt: merged.mergedAt }) };
  };

/** The merge, or the one that was there before; undefined when the number changed meanwhile. Throws a Refusal. */
async function tryMerge(
  { identities, records }: IdentityApiDeps,
  region: RegionCode,
  card: PersonHash,
  merge: Merge,
): Promise<Merge | CardRow | undefined> {
  const row = await identities.read(region, card);
  if (row?.personHash !== undefined) {
    if (row.personHash !== merge.personHash) throw mergedOtherwise();
    return row;
  }
  // Places are kept by hash: an open case would keep that of the card number, and the person could take a second one by the ID number (A10).
  // The cases of an application carry its hash (B23).
  const open = await records.openUnder(region, card);
  if (open.length > 0) throw stillOpen(open);
  return (await identities.merge(region, card, { ...merge, cases: row?.cases })) ? merge : undefined;
}

const mergedOtherwise = (): Refusal =>
  new Refusal('identity.merged', [
    finding('card.number', 'merged', '该编号已与另一身份证号合并，请核实 (it was merged with another ID number: look into it)'),
  ]);

const stillOpen = (numbers: readonly string[]): Refusal =>
  new Refusal(
    'identity.open-case',
    numbers.map((number) => finding('card.number', 'open_case', `在办业务或申请编号 ${number} (case or application ${number} is open)`)),
  );
