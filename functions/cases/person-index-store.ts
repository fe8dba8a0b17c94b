import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { CalendarDate, CaseNumber, PersonHash, RegionCode } from '../../schemas/primitives.ts';
import type { CaseStatus } from '../../schemas/procedures.ts';
import { PersonCaseRow } from '../../schemas/record.ts';
import { CaseRow } from '../../schemas/rows.ts';
import { createIdentityStore } from './identity/identity-store.ts';
import { caseKey, PERSON_CASE_PREFIX, personPartition } from './keys.ts';

export type PersonIndex = ReturnType<typeof createPersonIndex>;

/** TransferIn has not spoken, has said that the person is not enrolled, or may have said nothing: one warning too many hurts nobody. */
const UNREGISTERED: readonly CaseStatus[] = ['voucher-sent', 'requested', 'ineligible', 'withdrawn', 'closed-by-agreement'];

/** Cases of a person in a region, found by the keyed hash. */
export function createPersonIndex(client: DynamoDBDocumentClient, table: string) {
  const identities = createIdentityStore(client, table);

  /** Of a case that the region began itself, by voucher (S191 9) or request (S21), only what transferIn has said tells of a registration there. */
  async function saysNothing(region: RegionCode, caseNumber: CaseNumber): Promise<boolean> {
    const { Item } = await client.send(
      new GetCommand({
        TableName: table,
        Key: caseKey(region, caseNumber),
        ProjectionExpression: '#status',
        ExpressionAttributeNames: { '#status': 'status' },
        ConsistentRead: true,
      }),
    );
    return UNREGISTERED.includes(CaseRow.pick({ status: true }).parse(Item).status);
  }

  /** Looks under this very number. */
  async function isAskedFor(region: RegionCode, number: PersonHash, since: CalendarDate): Promise<boolean> {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'PK = :person AND begins_with(SK, :cases)',
        ExpressionAttributeValues: { ':person': personPartition(region, number), ':cases': PERSON_CASE_PREFIX },
        ConsistentRead: true,
      },
    );
    for await (const page of pages) {
      for (const item of page.Items ?? []) {
        const { side, caseNumber } = PersonCaseRow.parse(item);
        if (side !== 'transferOut' || beginOf(caseNumber) < since) continue;
        const begunHere = caseNumber.startsWith(region);
        if (!begunHere || !(await saysNothing(region, caseNumber))) return true;
      }
    }
    return false;
  }

  return {
    /**
     * Whether another region has asked for the person's relation in a case begun on `since` or later: then he has registered there, and the
     * window of S191 6 runs no longer (A11). However such a case ended, it was made of his registration. A card number may have been merged since
     * (B22): the case is kept under the ID number then.
     */
    async hasMovedOn(region: RegionCode, number: PersonHash, since: CalendarDate): Promise<boolean> {
      if (await isAskedFor(region, number, since)) return true;
      const person = await identities.personOf(region, number);
      return person !== undefined && isAskedFor(region, person, since);
    },
  };
}

/** The day in the number of a case: `330100-20261122-000001-c`. */
const beginOf = (caseNumber: CaseNumber): string => caseNumber.slice(7, 15).replace(/(....)(..)(..)/, '$1-$2-$3');
