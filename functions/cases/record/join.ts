import type { InsuredPeriod } from '../../../schemas/documents.ts';
import type { CaseNumber } from '../../../schemas/primitives.ts';
import type { InsuranceRecord, Provenance, RecordPeriod, RecordSupplement } from '../../../schemas/record.ts';
import { monthNumber, monthOf } from '../months.ts';

/** One document's word on a person: insured months, and what else it says. */
export type RecordSource = { provenance: Provenance; periods: readonly InsuredPeriod[]; fields?: RecordSupplement['fields'] };

/** A row of a source, which asks for its months to be counted. */
type Claim = { period: InsuredPeriod; provenance: Provenance };
/** A run of months of a claim that are all its own, or that another claim has had counted already. */
type Run = { from: number; to: number; claim: Claim; counted: Claim };

/**
 * 参保记录 (S94 7.3, 11; S80 三; B14): what several sources say of a person's insured months, each month counted once. Where two claim a month, the
 * one counts that comes first in this order, and the other is named as an overlap:
 *
 * 1. a month of the employee scheme (310) before one of another scheme: employee years count for retirement wherever they were paid (S80 三);
 * 2. an information table, then the region's own records, then the employer's material, then the person's;
 * 3. what was recorded earlier.
 *
 * Rural and residents' months are part of the record (S94 11). Pure; the order of `sources` changes nothing.
 */
export function joinRecord(caseNumber: CaseNumber, sources: readonly RecordSource[]): InsuranceRecord {
  const claims = sources.flatMap(({ periods, provenance }) => periods.map((period): Claim => ({ period, provenance })));
  const runs = runsOf(claims.sort(byPrecedence));
  const periods = runs
    .filter(isOwn)
    .map(periodOf)
    .sort((a, b) => inOrder(a.from, b.from));
  return {
    caseNumber,
    periods,
    gaps: gapsBetween(periods),
    overlaps: overlapsIn(runs),
    totals: totalsOf(periods),
    fields: fieldsOf(sources),
  };
}

const EMPLOYEE = '310';
const SOURCES: readonly Provenance['source'][] = ['information-table', 'own-records', 'employer', 'person'];

const inOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function byPrecedence(a: Claim, b: Claim): number {
  const rank = ({ period, provenance }: Claim) => (period.scheme === EMPLOYEE ? 0 : SOURCES.length) + SOURCES.indexOf(provenance.source);
  return rank(a) - rank(b) || byTime(a.provenance, b.provenance) || inOrder(a.period.from, b.period.from);
}

/** Earlier first; of two that came at once the case and the document decide, so that the answer is always the same. */
const byTime = (a: Provenance, b: Provenance): number =>
  inOrder(a.recordedAt, b.recordedAt) || inOrder(a.caseNumber, b.caseNumber) || inOrder(a.document, b.document);

/** Cuts every claim where its months change hands; the first to claim a month has it. */
function runsOf(claims: readonly Claim[]): Run[] {
  const counted = new Map<number, Claim>();
  return claims.flatMap((claim) => {
    const runs: Run[] = [];
    const last = monthNumber(claim.period.to);
    for (let month = monthNumber(claim.period.from); month <= last; month += 1) {
      const owner = counted.get(month) ?? claim;
      counted.set(month, owner);
      const run = runs.at(-1);
      if (run?.counted === owner) run.to = month;
      else runs.push({ from: month, to: month, claim, counted: owner });
    }
    return runs;
  });
}

const isOwn = ({ claim, counted }: Run): boolean => claim === counted;

function periodOf({ from, to, claim: { period, provenance } }: Run): RecordPeriod {
  const { scheme, contribution, officeName } = period;
  const imported = provenance.source === 'information-table';
  return { from: monthOf(from), to: monthOf(to), scheme, contribution, months: to - from + 1, imported, officeName, provenance };
}

const overlapsIn = (runs: readonly Run[]): InsuranceRecord['overlaps'] =>
  runs
    .filter((run) => !isOwn(run))
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, claim, counted }) => ({
      from: monthOf(from),
      to: monthOf(to),
      counted: counted.provenance,
      left: claim.provenance,
    }));

/** Months between the first and the last that nobody claims (断保). */
const gapsBetween = (periods: readonly RecordPeriod[]): InsuranceRecord['gaps'] =>
  periods.flatMap((period, i) => {
    const before = periods[i - 1];
    if (!before) return [];
    const from = monthNumber(before.to) + 1;
    const to = monthNumber(period.from) - 1;
    return from > to ? [] : [{ from: monthOf(from), to: monthOf(to), months: to - from + 1 }];
  });

function totalsOf(periods: readonly RecordPeriod[]): InsuranceRecord['totals'] {
  const monthsOf = (those: (period: RecordPeriod) => boolean) => periods.filter(those).reduce((sum, { months }) => sum + months, 0);
  const imported = monthsOf((period) => period.imported);
  const local = monthsOf((period) => !period.imported);
  return { imported, local, months: imported + local, employee: monthsOf(({ scheme }) => scheme === EMPLOYEE) };
}

/** What was said last of each field holds; what was said before stays in the timelines. */
function fieldsOf(sources: readonly RecordSource[]): InsuranceRecord['fields'] {
  const said = [...sources].sort((a, b) => byTime(a.provenance, b.provenance)).flatMap(statementsIn);
  const latest = new Map(said.map((statement) => [statement.field, statement]));
  return [...latest.values()].sort((a, b) => inOrder(a.field, b.field));
}

const statementsIn = ({ fields = {}, provenance }: RecordSource): InsuranceRecord['fields'] =>
  Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [{ field, value, provenance }]));
