import { beforeEach, describe, expect, test, vi } from 'vitest';
import { isWorkingDay } from '../../functions/calendar/working-days.ts';
import { createDirectory } from '../../functions/directory/reader.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import type { Region } from '../../schemas/directory.ts';
import { CalendarDate, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { anOffice, aRegion, aYear, storeWith } from '../support/directory.ts';

const HANGZHOU = RegionCode.parse('330100');
const CHENGDU = RegionCode.parse('510100');

let seconds = 0;
const clock = { now: () => toInstant(Date.UTC(2026, 2, 2) + seconds * 1_000) };
const getRegion = vi.fn<(code: RegionCode) => Promise<Region | undefined>>();
const directory = () => createDirectory({ store: storeWith({ getRegion }), clock });

beforeEach(() => {
  seconds = 0;
  getRegion.mockReset();
  getRegion.mockImplementation(async (code) => aRegion({ code, version: getRegion.mock.calls.length }));
});

describe('a record', () => {
  test('is loaded once a minute', async () => {
    const { region } = directory();
    const versions = [];
    for (seconds of [0, 59.999, 60, 61]) versions.push((await region(HANGZHOU))?.version);
    expect(versions).toEqual([1, 1, 2, 2]);
  });

  test('that is asked for by many at once is loaded once', async () => {
    const { region } = directory();
    const answers = await Promise.all([region(HANGZHOU), region(HANGZHOU), region(CHENGDU), region(HANGZHOU)]);
    expect(answers.map((answer) => answer?.code)).toEqual([HANGZHOU, HANGZHOU, CHENGDU, HANGZHOU]);
    expect(getRegion.mock.calls).toEqual([[HANGZHOU], [CHENGDU]]);
  });

  test('that is missing is looked for again after five seconds', async () => {
    getRegion.mockResolvedValueOnce(undefined);
    const { region } = directory();
    const found = [];
    for (seconds of [0, 4.999, 5]) found.push((await region(HANGZHOU)) !== undefined);
    expect(found).toEqual([false, false, true]);
  });

  test('lives as long as the caller says', async () => {
    const { region } = createDirectory({ store: storeWith({ getRegion }), clock, ttlSeconds: 1 });
    for (seconds of [0, 0.999, 1]) await region(HANGZHOU);
    expect(getRegion).toHaveBeenCalledTimes(2);
  });

  test('of an office is cached beside the regions', async () => {
    const getOffice = vi.fn(async () => anOffice());
    const { office } = createDirectory({ store: storeWith({ getOffice }), clock });
    const code = OfficeCode.parse('33010001');
    expect([await office(code), await office(code)]).toEqual([anOffice(), anOffice()]);
    expect(getOffice).toHaveBeenCalledTimes(1);
  });
});

describe('when the table does not answer', () => {
  const fault = new Error('throttled');

  test('the last good copy serves, and the table is asked again after five seconds', async () => {
    const { region } = directory();
    await region(HANGZHOU);
    getRegion.mockRejectedValueOnce(fault);
    const versions = [];
    for (seconds of [60, 64.999, 65]) versions.push((await region(HANGZHOU))?.version);
    expect(versions).toEqual([1, 1, 3]);
  });

  test('without a copy the fault goes to everyone who asked, and the next call tries again', async () => {
    getRegion.mockRejectedValueOnce(fault);
    const { region } = directory();
    const both = await Promise.allSettled([region(HANGZHOU), region(HANGZHOU)]);
    expect(both).toEqual(Array(2).fill({ status: 'rejected', reason: fault }));
    expect(getRegion).toHaveBeenCalledTimes(1);
    expect(await region(HANGZHOU)).toMatchObject({ version: 2 });
  });
});

describe('refresh', () => {
  test('makes the next call for that region load', async () => {
    const { region, refresh } = directory();
    await region(HANGZHOU);
    refresh(HANGZHOU);
    expect(await region(HANGZHOU)).toMatchObject({ version: 2 });
  });

  test('touches nothing else: whoever sends nonsense does not empty the cache', async () => {
    const getOffice = vi.fn(async () => anOffice());
    const getCalendarYears = vi.fn(async () => [aYear(2026)]);
    const { region, office, calendar, refresh } = createDirectory({ store: storeWith({ getRegion, getOffice, getCalendarYears }), clock });
    const all = () => Promise.all([region(HANGZHOU), region(CHENGDU), office(OfficeCode.parse('33010001')), calendar(HANGZHOU)]);
    await all();
    refresh(CHENGDU);
    await all();
    expect(getRegion.mock.calls).toEqual([[HANGZHOU], [CHENGDU], [CHENGDU]]);
    expect([getOffice.mock.calls.length, getCalendarYears.mock.calls.length]).toEqual([1, 1]);
  });

  test('forgets the last good copy too: old keys would send a good message to quarantine', async () => {
    const { region, refresh } = directory();
    await region(HANGZHOU);
    refresh(HANGZHOU);
    getRegion.mockRejectedValueOnce(new Error('throttled'));
    await expect(region(HANGZHOU)).rejects.toThrow('throttled');
  });

  test('is not answered by a load that began before', async () => {
    const { promise, resolve } = Promise.withResolvers<Region>();
    getRegion.mockReturnValueOnce(promise);
    const { region, refresh } = directory();
    const before = region(HANGZHOU);
    refresh(HANGZHOU);
    const after = region(HANGZHOU);
    resolve(aRegion({ version: 1 }));
    expect([await before, await after, await region(HANGZHOU)].map((record) => record?.version)).toEqual([1, 2, 2]);
    expect(getRegion).toHaveBeenCalledTimes(2);
  });
});

describe('the calendar', () => {
  test('is built from all years and loaded every ten minutes', async () => {
    const getCalendarYears = vi.fn(async () => [aYear(2025), aYear(2026, { off: [{ date: '2026-10-01', name: '国庆节' }] })]);
    const { calendar } = createDirectory({ store: storeWith({ getCalendarYears }), clock });
    for (seconds of [0, 599]) {
      const days = await calendar(HANGZHOU);
      expect(['2026-09-30', '2026-10-01'].map((date) => isWorkingDay(days, CalendarDate.parse(date)))).toEqual([true, false]);
    }
    expect(getCalendarYears).toHaveBeenCalledTimes(1);
    seconds = 600;
    await calendar(CHENGDU);
    expect(getCalendarYears).toHaveBeenCalledTimes(2);
  });

  test('without any year is looked for again soon', async () => {
    const getCalendarYears = vi.fn(async () => [aYear(2026)]).mockResolvedValueOnce([]);
    const { calendar } = createDirectory({ store: storeWith({ getCalendarYears }), clock });
    const sizes = [];
    for (seconds of [0, 4, 5]) sizes.push((await calendar(HANGZHOU)).years.size);
    expect(sizes).toEqual([0, 0, 1]);
  });
});
