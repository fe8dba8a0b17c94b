import type { DirectoryStore } from '../../functions/directory/store.ts';
import { CalendarYear, Office, OfficeEntry, Region } from '../../schemas/directory.ts';

export const officeEntry = (said: Record<string, unknown> = {}): OfficeEntry =>
  OfficeEntry.parse({
    region: '330100',
    name: '杭州市医疗保障事务中心（演示）',
    address: '杭州市演示路1号',
    postcode: '310000',
    phone: '0571-12345001',
    contact: '杭州 经办人 一',
    reason: '首次登记',
    ...said,
  });

const stamp = { version: 1, changedAt: '2026-03-02T01:00:00.000Z', changedBy: 'ministry-1', reason: '首次登记' };

export const anOffice = (said: Record<string, unknown> = {}): Office =>
  Office.parse({ ...officeEntry(), code: '33010001', ...stamp, ...said });

/** A region as a deployment registers it and nobody has described it yet. */
export const aRegion = (said: Record<string, unknown> = {}): Region =>
  Region.parse({ code: '330100', name: '杭州市', signingKeys: [], ...stamp, ...said });

export const aYear = (year: number, said: Record<string, unknown> = {}): CalendarYear =>
  CalendarYear.parse({ year, status: 'official', notice: '测试', off: [], work: [], version: 1, ...said });

/** A store of which only the given functions may be called; any other fails the test. */
export function storeWith(functions: Partial<DirectoryStore>): DirectoryStore {
  const untouched = (name: string) => () => {
    throw new Error(`${name} must not be called here`);
  };
  return {
    getRegion: untouched('getRegion'),
    getOffice: untouched('getOffice'),
    getCalendarYears: untouched('getCalendarYears'),
    getCalendarYear: untouched('getCalendarYear'),
    getRules: untouched('getRules'),
    putRegion: untouched('putRegion'),
    putOffice: untouched('putOffice'),
    putCalendarYear: untouched('putCalendarYear'),
    putRules: untouched('putRules'),
    ...functions,
  };
}
