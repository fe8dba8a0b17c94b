import type { TransferInCase } from '../../../schemas/cases.ts';
import type { RecordSource } from './join.ts';

/**
 * What the cases of a person bring to the record of a region (B14): of every hand-over the table in its current version, and what was handed in
 * beside it. A hand-over that ended unfinished left the relation where it was, and with it the months of its table; what this side's own records
 * or the applicant's material say stays true.
 */
export const sourcesOf = (cases: readonly TransferInCase[]): RecordSource[] =>
  cases.flatMap((state) => [...tableOf(state), ...supplementsOf(state)]);

function tableOf(state: TransferInCase): RecordSource[] {
  const { caseNumber, table, versions, ended } = state;
  const recordedAt = tableRecordedAt(state);
  if (!table || !recordedAt || ended !== undefined) return [];
  const messageId = versions?.['information-table'];
  const provenance = { source: 'information-table', caseNumber, document: table.number, recordedAt } as const;
  return [{ provenance: { ...provenance, ...(messageId && { messageId }) }, periods: table.periods }];
}

/** When the current version came: the last correction, else the table itself. */
function tableRecordedAt({ queries = [], times }: TransferInCase) {
  const corrections = queries.filter(({ by, about, answer }) => by === 'own' && about === 'information-table' && answer === 'corrected');
  return (
    corrections
      .flatMap(({ answeredAt }) => answeredAt ?? [])
      .sort()
      .at(-1) ?? times['table-received']
  );
}

const supplementsOf = ({ caseNumber, supplements = [] }: TransferInCase): RecordSource[] =>
  supplements.map(({ source, document, at, periods, fields }) => ({
    provenance: { source, caseNumber, document, recordedAt: at },
    periods,
    ...(fields && { fields }),
  }));
