import { beforeAll, describe, expect, test } from 'vitest';
import { mainOfficeOf } from '../../infra/local/demo-regions.ts';
import { demoOffice, demoRegionEntries } from '../../infra/local/directory-data.ts';
import { ministryPerson } from '../../infra/local/people.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { ProcedureId } from '../../schemas/procedures.ts';
import { clerkIn, personCalled, supervisorIn, until } from '../support/scenario.ts';
import { Handover } from '../support/scenario-handover.ts';

/** Regions that no other file moves anybody between: what is changed here is seen here only. */
const SHENZHEN = '440300';
const WUHAN = '420100';

const ministry = personCalled(ministryPerson);
const clerk = clerkIn(SHENZHEN);
const address = (office: string) => `/v1/directory/offices/${office}`;
const wuhan = mainOfficeOf(WUHAN);

describe('the ministry states an office over HTTP', () => {
  let before: Office;
  const moved = { ...demoOffice(WUHAN), address: '武汉市演示新路9号', reason: '迁址' };
  beforeAll(async () => {
    before = (await clerk.get<Office>(address(wuhan))).body;
  });

  test('the new address stands at once, with who, when and why, for every reader', async () => {
    const put = await ministry.put<Office>(address(wuhan), { body: moved, ifMatch: `"${before.version}"` });
    expect(put).toMatchObject({ status: 200, body: { ...moved, version: before.version + 1, changedBy: ministryPerson } });
    for (const reader of [clerk, supervisorIn(WUHAN), ministry]) expect(await reader.get(address(wuhan))).toEqual(put);
  });

  test('said again it makes no version; said on an older version it is refused', async () => {
    expect((await ministry.put<Office>(address(wuhan), { body: moved })).body.version).toBe(before.version + 1);
    const stale = await ministry.put(address(wuhan), { body: { ...moved, postcode: '430001' }, ifMatch: `"${before.version}"` });
    expect(stale).toMatchObject({ status: 412, body: { code: 'directory.stale-version', errors: [{ field: 'If-Match' }] } });
  });

  test('a clerk may not, not even of his own office', async () => {
    const put = await clerkIn(WUHAN).put(address(wuhan), { body: { ...moved, address: '武汉市演示又一路1号' } });
    expect(put).toMatchObject({ status: 403, body: { code: 'caller.role-not-allowed' } });
    expect((await clerk.get<Office>(address(wuhan))).body.address).toBe(moved.address);
  });

  test('a telephone number that is none is refused by name', async () => {
    const put = await ministry.put(address(wuhan), { body: { ...moved, phone: '1380000' } });
    expect(put).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ field: 'phone' }] } });
  });

  test('an office of a region that does not exist is refused', async () => {
    const put = await ministry.put(address('65990001'), { body: { ...moved, region: '659900' } });
    expect(put).toMatchObject({ status: 422, body: { code: 'recipient.unknown', errors: [{ field: 'region' }] } });
  });

  test('the next letters carry it', async () => {
    const letterFrom = async () => {
      const handover = await Handover.open({ from: SHENZHEN, to: WUHAN });
      await handover.give('in', 'accept');
      await handover.give('in', 'send-letter');
      return (await handover.caseOf('in')).letter;
    };
    // A function keeps what it read of the directory for a minute at most.
    const letter = await until('a letter with the new address', letterFrom, (seen) => seen?.from.address === moved.address, 2_000);
    expect(letter).toMatchObject({ from: { code: wuhan, address: moved.address }, to: { region: SHENZHEN } });
  });
});

test('E6, B21: the deployment has entered inbox, key and procedures of every region, beside what the ministry states', async () => {
  for (const { code, name, payee, onlineSince } of demoRegionEntries) {
    const { body } = await clerk.get<Region>(`/v1/directory/regions/${code}`);
    expect(body).toMatchObject({ name, payee, mainOffice: mainOfficeOf(code), signingKeys: [{ publicKey: expect.any(String) }] });
    expect([body.onlineSince, body.procedures]).toEqual([onlineSince, ProcedureId.options]);
    expect(body.inboxUrl).toContain(`jiexu-inbox-${code}.fifo`);
  }
});
