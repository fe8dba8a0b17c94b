import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ApplicationRow } from '../../../schemas/applications.ts';
import type { TransferCase } from '../../../schemas/cases.ts';
import type { ApplicationNumber, CaseNumber, PersonHash, RegionCode } from '../../../schemas/primitives.ts';
import { isFinal } from '../../../schemas/procedures.ts';
import { PersonApplicationRow, PersonCardRow, PersonCaseRow } from '../../../schemas/record.ts';
import { CaseRow } from '../../../schemas/rows.ts';
import { batchReader } from '../../platform/batch-read.ts';
import { type Pause, shortPause } from '../../platform/pause.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import { applicationKey, caseKey, PERSON_APPLICATION_PREFIX, PERSON_CARD_PREFIX, PERSON_CASE_PREFIX, personPartition } from '../keys.ts';

export type RecordStore = ReturnType<typeof createRecordStore>;

/** Finds the cases of a person in a region by the keyed hash, all reads consistent. */
export function createRecordStore(
  client: DynamoDBDocumentClient,
  table: string,
  identities: Pick<IdentityStore, 'personOf'>,
  pause: Pause = shortPause,
) {
  const readAll = batchReader(client, table, pause);

  /** What stands in the partition of one number: its cases and applications, and the card numbers that were merged with it. */
  async function underNumber(region: RegionCode, number: PersonHash) {
    const cases: PersonCaseRow[] = [];
    const applications: ApplicationNumber[] = [];
    const cards: PersonHash[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': personPartition(region, number) },
        ConsistentRead: true,
      },
    );
    for await (const page of pages) {
      for (const item of page.Items ?? []) {
        const sortKey = String(item.SK);
        if (sortKey.startsWith(PERSON_CASE_PREFIX)) cases.push(PersonCaseRow.parse(item));
        if (sortKey.startsWith(PERSON_APPLICATION_PREFIX)) applications.push(PersonApplicationRow.parse(item).applicationNumber);
        if (sortKey.startsWith(PERSON_CARD_PREFIX)) cards.push(PersonCardRow.parse(item).cardHash);
      }
    }
    return { cases, applications, cards };
  }

  async function statesOf(cases: readonly PersonCaseRow[]): Promise<TransferCase[]> {
    const rows = await readAll(cases.map(({ region, caseNumber }) => caseKey(region, caseNumber)));
    return rows.map((row) => CaseRow.parse(row).state);
  }

  return {
    /** Numbers of cases, of either side, and of applications that have not ended and are kept under this very number. */
    async openUnder(region: RegionCode, number: PersonHash): Promise<(CaseNumber | ApplicationNumber)[]> {
      const { cases, applications } = await underNumber(region, number);
      const rows = await readAll(applications.map((application) => applicationKey(region, application)));
      const open = (await statesOf(cases)).filter(({ status }) => !isFinal(status));
      const undecided = rows.map((row) => ApplicationRow.parse(row)).filter((row) => row.undecided > 0);
      return [...open.map(({ caseNumber }) => caseNumber), ...undecided.map(({ applicationNumber }) => applicationNumber)];
    },

    /** Cases of the person that the number belongs to, under whichever number they are kept (B22). */
    async ofPerson(region: RegionCode, number: PersonHash): Promise<TransferCase[]> {
      const person = (await identities.personOf(region, number)) ?? number;
      const own = await underNumber(region, person);
      const merged = await Promise.all(own.cards.map((card) => underNumber(region, card)));
      return statesOf([own, ...merged].flatMap(({ cases }) => cases));
    },
  };
}
