import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createApplicationStore } from '../../functions/cases/application-store.ts';
import { createIdentityStore } from '../../functions/cases/identity/identity-store.ts';
import { resolvingHash } from '../../functions/cases/identity/resolving-hash.ts';
import { acceptMessage } from '../../functions/cases/incoming.ts';
import { createMessageStore } from '../../functions/cases/message-store.ts';
import { createNoticeStore } from '../../functions/cases/notice-store.ts';
import type { HashPerson } from '../../functions/cases/person-hash.ts';
import { createRecordStore } from '../../functions/cases/record/record-store.ts';
import type { CaseDeps } from '../../functions/cases/request.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { BUSINESS_MESSAGE_TYPES, BusinessMessage } from '../../schemas/messages.ts';
import {
  type ApplicationNumber,
  CaseNumber,
  type OfficeCode,
  OfficeCode as OfficeCodes,
  PersonHash,
  type RegionCode,
} from '../../schemas/primitives.ts';
import { type ClerkCommandName, ProcedureId } from '../../schemas/procedures.ts';
import { type CaseCall, caseApi, directoryOf } from './case-api.ts';
import { NOW, uuid, WUHAN } from './cases.ts';
import { applicationBody, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, tableBody } from './documents.ts';
import { OFFICES_OF_THREE, REGIONS_OF_THREE } from './pure-places.ts';
import { ENROLLED, SUSPENDED } from './roads.ts';
import { untouched } from './untouched.ts';

const OFFICE: Record<RegionCode, OfficeCode> = {
  [HANGZHOU]: HANGZHOU_OFFICE,
  [CHENGDU]: CHENGDU_OFFICE,
  [WUHAN]: OfficeCodes.parse('42010001'),
};
const REGIONS = Object.fromEntries(
  Object.entries(REGIONS_OF_THREE).map(([code, region]) => [
    code,
    { ...region, procedures: [...ProcedureId.options], messages: [...BUSINESS_MESSAGE_TYPES] },
  ]),
);
export const numberHash: HashPerson = async (number) => PersonHash.parse(sha256(number));

/** Who a case is about, and the row of months that the former region's table has. */
export type Said = { person: { name: string; idNumber: string }; periods?: readonly unknown[] };

/** Three regions over the real stores in one table: clerks call the HTTP function, and `deliver` carries what they sent to the other side. */
export function personWorld(client: DynamoDBDocumentClient, table: string) {
  const store = createCaseStore(client, table);
  const messages = createMessageStore(client, table);
  const identities = createIdentityStore(client, table);
  const records = createRecordStore(client, table, identities);
  const personHash = resolvingHash(numberHash, identities);
  const directory = directoryOf(REGIONS, [OFFICES_OF_THREE[WUHAN]!]);
  const stores = { records, identities, notices: createNoticeStore(client, table), applications: createApplicationStore(client, table) };
  const api = caseApi(store, { directory, personHash, ...stores });
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  let ids = 0;
  const nextId = () => {
    ids += 1;
    return uuid(900_000 + ids);
  };
  const deps: CaseDeps = {
    ...{ store, directory, personHash, log: silent, signer: { sign: async () => 'A'.repeat(86) } },
    ...{ clock: { now: () => NOW }, ids: { messageId: nextId }, metrics: untouched('metrics', { count: () => {} }) },
  };
  const arrived = new Set<string>();

  /** What a region has sent for a case and that has not come to the other side. */
  async function deliver(region: RegionCode, caseNumber: CaseNumber): Promise<void> {
    const sent = (await messages.ofCase(region, caseNumber)).filter((row) => row.direction === 'sent' && !arrived.has(row.messageId));
    const parcels = sent.map(({ body }) => ({ body, message: BusinessMessage.parse(JSON.parse(body)) }));
    for (const { body, message } of parcels.sort((a, b) => a.message.sequence - b.message.sequence)) {
      await acceptMessage(deps, { message, body, receivedAt: NOW, makeReceipt: async () => '{}' });
      arrived.add(message.id);
    }
  }

  /** A command that must be taken. @returns version of the case then */
  async function give(region: RegionCode, caseNumber: CaseNumber, name: ClerkCommandName, body: unknown, said: CaseCall = {}) {
    const answer = await api.command(name, { office: OFFICE[region]!, caseNumber, body, ...said });
    if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
    return Number(answer.body.version);
  }

  function open(region: RegionCode, from: RegionCode, { person }: Said, parent?: ApplicationNumber) {
    const voucher = { ...Object(applicationBody(1).voucher), person, participationRegion: from };
    const application = applicationBody(1, { person, formerRegion: from, voucher });
    return api.command('open', { office: OFFICE[region]!, body: { application, ...(parent && { parent }) } });
  }

  return {
    ...{ api, store, records, identities, deliver, give, open },

    /** A case of `region` about a person who comes from `from`. */
    async opened(region: RegionCode, from: RegionCode, said: Said, parent?: ApplicationNumber): Promise<CaseNumber> {
      const answer = await open(region, from, said, parent);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return CaseNumber.parse(answer.body.caseNumber);
    },

    /** … up to where the letter is on its way. */
    async lettered(region: RegionCode, from: RegionCode, said: Said): Promise<CaseNumber> {
      const caseNumber = await this.opened(region, from, said);
      await give(region, caseNumber, 'accept', { facts: ENROLLED });
      await give(region, caseNumber, 'send-letter', {});
      return caseNumber;
    },

    /** … up to where the table of the former region is in, and nothing is remitted. */
    async tabled(region: RegionCode, from: RegionCode, said: Said): Promise<CaseNumber> {
      const caseNumber = await this.lettered(region, from, said);
      await deliver(region, caseNumber);
      const second: CaseCall = { role: 'supervisor' };
      const termination = await give(from, caseNumber, 'propose-termination', { terminatedOn: '2026-03-02', facts: SUSPENDED });
      await give(from, caseNumber, 'approve-termination', { proposal: termination }, second);
      await give(from, caseNumber, 'not-remit', { reason: 'paid-to-person' });
      const proposal = await give(from, caseNumber, 'propose-table', tableOf(from, said.periods));
      await give(from, caseNumber, 'approve-table', { proposal }, second);
      await deliver(from, caseNumber);
      return caseNumber;
    },

    tableOf,
    merge: (said: unknown, region: RegionCode = HANGZHOU, more: CaseCall = {}) =>
      api.send('POST /v1/identities', { office: OFFICE[region]!, body: said, ...more }),
    record: (caseNumber: CaseNumber, region: RegionCode = HANGZHOU) =>
      api.send('GET /v1/cases/{caseNumber}/record', { office: OFFICE[region]!, caseNumber }),
  };
}

/** Rows `{ from, to, months }` as a table of the region has them. */
function tableOf(region: RegionCode, periods: readonly unknown[] = tableBody().periods) {
  const office = { officeName: OFFICES_OF_THREE[region]!.name, officeCode: OFFICE[region]! };
  const rows = periods.map((row) => ({ scheme: '310', contribution: '1', ...office, ...Object(row) }));
  return tableBody({ periods: rows, totalMonths: rows.reduce((sum, { months }) => sum + months, 0) });
}
