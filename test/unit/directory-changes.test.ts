import { describe, expect, test } from 'vitest';
import { connectRegion, stateOffice, stateRegion } from '../../functions/directory/changes.ts';
import { type Region, RegionEntry } from '../../schemas/directory.ts';
import { BUSINESS_MESSAGE_TYPES } from '../../schemas/messages.ts';
import { CalendarDate, Instant, RegionCode } from '../../schemas/primitives.ts';
import { anOffice, aRegion, officeEntry } from '../support/directory.ts';

const stampAt = (at: string) => ({ at: Instant.parse(at), by: 'somebody', reason: '测试' });
const FIRST = '2026-03-02T01:00:00.000Z';
const LATER = '2026-04-01T00:00:00.000Z';
const FORTNIGHT_AFTER_LATER = '2026-04-15T00:00:00.000Z';

const code = RegionCode.parse('330100');
const connection = { code, name: '杭州市', inboxUrl: 'https://sqs.example/330100', keyId: 'key-1', publicKey: 'AAAA' };
const key1 = { keyId: 'key-1', publicKey: 'AAAA', validFrom: FIRST };
const key2 = { keyId: 'key-2', publicKey: 'BBBB', validFrom: LATER };

/** Connects one after another, as deployments do. */
const connected = (...steps: { at: string; with?: Partial<typeof connection> }[]): Region | undefined =>
  steps.reduce<Region | undefined>(
    (current, step) => connectRegion(current, { ...connection, ...step.with }, stampAt(step.at)) ?? current,
    undefined,
  );

describe('connecting a region', () => {
  test('that the directory does not have makes its first version, without office and payee', () => {
    expect(connected({ at: FIRST })).toEqual({
      code,
      name: '杭州市',
      inboxUrl: connection.inboxUrl,
      procedures: ['2016.1', '2016.2', '2021.1'],
      messages: [...BUSINESS_MESSAGE_TYPES],
      signingKeys: [key1],
      version: 1,
      changedAt: FIRST,
      changedBy: 'somebody',
      reason: '测试',
    });
  });

  test('again changes nothing', () => {
    expect(connectRegion(connected({ at: FIRST }), connection, stampAt(LATER))).toBeUndefined();
  });

  test('that is described keeps what people stated', () => {
    const described = aRegion({ name: '杭州', provinceShortName: '浙', mainOffice: '33010001' });
    expect(connectRegion(described, connection, stampAt(LATER))).toMatchObject({
      name: '杭州',
      provinceShortName: '浙',
      mainOffice: '33010001',
      inboxUrl: connection.inboxUrl,
      version: 2,
    });
  });

  test('registers the procedures and messages that its software knows, of a region that an older release connected too (B21, A15, E9)', () => {
    const { procedures: _, messages: __, ...older } = connected({ at: FIRST })!;
    expect(connectRegion(older, connection, stampAt(LATER))).toEqual({
      ...older,
      procedures: ['2016.1', '2016.2', '2021.1'],
      messages: [...BUSINESS_MESSAGE_TYPES],
      version: 2,
      changedAt: LATER,
    });
  });

  test('leaves it online or not, as the ministry stated it (B21)', () => {
    const online = aRegion({ onlineSince: '2021-12-01' });
    expect(connectRegion(online, connection, stampAt(LATER))).toMatchObject({ onlineSince: '2021-12-01' });
    expect(connected({ at: FIRST })).not.toHaveProperty('onlineSince');
  });

  test('with another inbox changes the inbox alone', () => {
    const moved = connected({ at: FIRST }, { at: LATER, with: { inboxUrl: 'https://sqs.example/moved' } });
    expect(moved).toMatchObject({ inboxUrl: 'https://sqs.example/moved', signingKeys: [key1], version: 2 });
  });

  test('with another key keeps the old one valid for the retention of the inboxes', () => {
    const rotated = connected({ at: FIRST }, { at: LATER, with: { keyId: 'key-2', publicKey: 'BBBB' } });
    expect(rotated?.signingKeys).toEqual([{ ...key1, validUntil: FORTNIGHT_AFTER_LATER }, key2]);
  });

  test('with a third key leaves the end of the first as it was', () => {
    const rotated = connected(
      { at: FIRST },
      { at: LATER, with: { keyId: 'key-2', publicKey: 'BBBB' } },
      { at: '2026-04-05T00:00:00.000Z', with: { keyId: 'key-3', publicKey: 'CCCC' } },
    );
    expect(rotated?.signingKeys.map(({ validUntil }) => validUntil)).toEqual([
      FORTNIGHT_AFTER_LATER,
      '2026-04-19T00:00:00.000Z',
      undefined,
    ]);
  });

  test.each([
    ['within the fortnight takes it up again', '2026-04-14T23:59:59.999Z', [FIRST, LATER], [undefined, '2026-04-28T23:59:59.999Z']],
    [
      'after it begins anew',
      FORTNIGHT_AFTER_LATER,
      [FIRST, LATER, FORTNIGHT_AFTER_LATER],
      [FORTNIGHT_AFTER_LATER, '2026-04-29T00:00:00.000Z', undefined],
    ],
  ])('with the old key back %s', (_case, at, from, until) => {
    const back = connected({ at: FIRST }, { at: LATER, with: { keyId: 'key-2', publicKey: 'BBBB' } }, { at });
    expect(back?.signingKeys.map(({ validFrom }) => validFrom)).toEqual(from);
    expect(back?.signingKeys.map(({ validUntil }) => validUntil)).toEqual(until);
  });
});

describe('describing a region', () => {
  const entry = RegionEntry.parse({
    code,
    name: '杭州市',
    provinceShortName: '浙',
    mainOffice: '33010001',
    payee: { bank: '演示银行杭州分行', holder: '杭州市医疗保障基金专户（演示）', number: '0000330100000000001' },
  });

  const onlineSince = CalendarDate.parse('2021-12-01');

  test('keeps inbox and keys', () => {
    const described = stateRegion(connected({ at: FIRST }), entry, stampAt(LATER));
    expect(described).toMatchObject({ ...entry, inboxUrl: connection.inboxUrl, signingKeys: [key1], version: 2, changedAt: LATER });
  });

  test('says since when it is online; stated again without that it is online no more, and keeps its procedures (B21)', () => {
    const online = stateRegion(connected({ at: FIRST }), { ...entry, onlineSince }, stampAt(LATER));
    expect(online).toMatchObject({ onlineSince, version: 2 });
    expect(stateRegion(online, { ...entry, onlineSince }, stampAt(LATER))).toBeUndefined();
    const offline = stateRegion(online, entry, stampAt(LATER));
    expect(offline).toMatchObject({ version: 3, procedures: ['2016.1', '2016.2', '2021.1'], signingKeys: [key1] });
    expect(offline).not.toHaveProperty('onlineSince');
  });

  test('may come before the region is connected, and again changes nothing', () => {
    const described = stateRegion(undefined, entry, stampAt(FIRST));
    expect(described).toMatchObject({ ...entry, signingKeys: [], version: 1 });
    expect(stateRegion(described, entry, stampAt(LATER))).toBeUndefined();
  });
});

describe('stating an office', () => {
  test('drops what is stated no longer', () => {
    const current = anOffice({ fax: '0571-12345002' });
    const next = stateOffice(current, current.code, officeEntry(), stampAt(LATER));
    expect(next).toMatchObject({ version: 2 });
    expect(next).not.toHaveProperty('fax');
  });

  test('never moves it to another region, whose name its people would act in at once (F1)', () => {
    const current = anOffice();
    expect(() => stateOffice(current, current.code, officeEntry({ region: '510100' }), stampAt(LATER))).toThrow(
      expect.objectContaining({ code: 'directory.office-region-fixed', errors: [expect.objectContaining({ field: 'region' })] }),
    );
  });

  test('the same with another reason changes nothing', () => {
    const current = anOffice();
    expect(stateOffice(current, current.code, officeEntry({ reason: '又一次' }), stampAt(LATER))).toBeUndefined();
  });
});
