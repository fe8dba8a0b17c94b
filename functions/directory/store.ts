import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { CalendarYear, Office, Region } from '../../schemas/directory.ts';
import { RegionalRules } from '../../schemas/entitlement.ts';
import type { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { finding, Refusal } from '../platform/errors.ts';

/**
 * Records of the directory. A record handed to a `put` is the whole next version: its `version` is one more than the version it was made
 * from. Nothing is deleted: every version keeps its row.
 */
export type DirectoryStore = {
  getRegion(code: RegionCode): Promise<Region | undefined>;
  getOffice(code: OfficeCode): Promise<Office | undefined>;
  getCalendarYears(): Promise<CalendarYear[]>;
  /** A year as it was in that version. */
  getCalendarYear(year: number, version: number): Promise<CalendarYear | undefined>;
  /** Every version of a region's rules, oldest first. */
  getRules(code: RegionCode): Promise<RegionalRules[]>;
  /** @throws Refusal `directory.changed` when somebody else wrote that version first; so do the other three */
  putRegion(record: Region): Promise<void>;
  putOffice(record: Office): Promise<void>;
  putCalendarYear(record: CalendarYear): Promise<void>;
  putRules(record: RegionalRules): Promise<void>;
};

/** Where a record lies: the row with its newest version, and the beginning of the sort keys of all its versions. */
type Place = { PK: string; current: string; versions: string };

const regionAt = (code: RegionCode): Place => ({ PK: `REGION#${code}`, current: 'CURRENT', versions: 'V#' });
const officeAt = (code: OfficeCode): Place => ({ PK: `OFFICE#${code}`, current: 'CURRENT', versions: 'V#' });
const rulesAt = (code: RegionCode): Place => ({ PK: `RULES#${code}`, current: 'CURRENT', versions: 'V#' });

const versionKey = (versions: string, version: number): string => `${versions}${String(version).padStart(6, '0')}`;

const CALENDAR = 'CALENDAR';
const CURRENT_YEARS = 'CURRENT#';
/** All years share a partition (`CURRENT#2026`, `V#2026#000001`): one query reads the calendar. */
const yearAt = (year: number): Place => ({ PK: CALENDAR, current: `${CURRENT_YEARS}${year}`, versions: `V#${year}#` });

/** Reads are consistent: an editor sees what was just written, and keys asked for after a rotation are the new ones. */
export function createDirectoryStore(client: DynamoDBDocumentClient, table: string): DirectoryStore {
  const read = async <S extends z.ZodType>(schema: S, { PK, current }: Omit<Place, 'versions'>): Promise<z.output<S> | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK, SK: current }, ConsistentRead: true }));
    return Item && schema.parse(Item.record);
  };

  const write = async ({ PK, current, versions }: Place, record: { version: number }): Promise<void> => {
    const { version } = record;
    const first = version === 1;
    const SK = versionKey(versions, version);
    const command = new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: table, Item: { PK, SK, version, record }, ConditionExpression: 'attribute_not_exists(PK)' } },
        {
          Put: {
            TableName: table,
            Item: { PK, SK: current, version, record },
            ConditionExpression: first ? 'attribute_not_exists(PK)' : '#version = :previous',
            ...(!first && { ExpressionAttributeNames: { '#version': 'version' }, ExpressionAttributeValues: { ':previous': version - 1 } }),
          },
        },
      ],
    });
    try {
      await client.send(command);
    } catch (error) {
      if (isOvertaken(error))
        throw new Refusal('directory.changed', [finding('version', 'changed', '已被他人修改，请重新读取 (read it again)')]);
      throw error;
    }
  };

  return {
    getRegion: (code) => read(Region, regionAt(code)),
    getOffice: (code) => read(Office, officeAt(code)),
    async getCalendarYears() {
      // 2010 to 2100 at some 3 KB each stay below the megabyte of one page.
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :calendar AND begins_with(SK, :current)',
          ExpressionAttributeValues: { ':calendar': CALENDAR, ':current': CURRENT_YEARS },
          ConsistentRead: true,
        }),
      );
      return Items.map(({ record }) => CalendarYear.parse(record));
    },
    async getCalendarYear(year, version) {
      const { PK, versions } = yearAt(year);
      return read(CalendarYear, { PK, current: versionKey(versions, version) });
    },
    async getRules(code) {
      const { PK, versions } = rulesAt(code);
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'PK = :rules AND begins_with(SK, :versions)',
          ExpressionAttributeValues: { ':rules': PK, ':versions': versions },
          ConsistentRead: true,
        },
      );
      const rules: RegionalRules[] = [];
      for await (const { Items = [] } of pages) rules.push(...Items.map(({ record }) => RegionalRules.parse(record)));
      return rules;
    },
    putRegion: (record) => write(regionAt(record.code), record),
    putOffice: (record) => write(officeAt(record.code), record),
    putCalendarYear: (record) => write(yearAt(record.year), record),
    putRules: (record) => write(rulesAt(record.region), record),
  };
}

/** A conflict means that another change of the same record is under way; either way the editor has to read again. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict');
}
