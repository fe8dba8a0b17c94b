import { randomInt } from 'node:crypto';
import type * as z from 'zod';
import { chinaDate, dateOfDay, dayNumber } from '../../functions/calendar/china-time.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import type { COMMAND_BODIES } from '../../schemas/api.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import { demoRegionOf, mainOfficeOf } from './demo-regions.ts';
import { demoOffice } from './directory-data.ts';

type Bodies = typeof COMMAND_BODIES;
/** Bodies of the commands that state something, as a clerk would type them. */
export type DemoBodies = {
  readonly [Name in 'open' | 'confirm-termination' | 'remit' | 'send-table' | 'confirm-money']: z.input<Bodies[Name]>;
};

const firstMonth = '2018-07';
const balanceFen = 1_234_567;
const scheme = '310';

/**
 * The papers of one made-up person who moves from one region to another today. Each call makes another person, because only one case per
 * person may be open; sequence numbers 996–999 mark ID numbers that belong to nobody.
 */
export function demoDocuments(fromRegion: string, toRegion: string): DemoBodies {
  const today = chinaDate(systemClock.now());
  const former = demoRegionOf(fromRegion);
  const joined = demoRegionOf(toRegion);
  const formerCode = mainOfficeOf(fromRegion);
  const formerOffice = demoOffice(fromRegion);
  const person = { name: '演示甲', idNumber: syntheticIdNumber(fromRegion) };
  const lastMonth = monthBefore(today);
  const months = monthsBetween(firstMonth, lastMonth);
  const bankReference = `DEMO${randomInt(10 ** 9)}`;
  return {
    open: {
      application: {
        person,
        applicant: { capacity: 'person', name: person.name, phone: '13800000000' },
        scheme,
        hukouType: '1',
        address: `${joined.name}演示路2号`,
        postcode: joined.postcode,
        formerRegion: fromRegion,
        transferAccount: true,
        appliedOn: today,
        voucher: {
          number: `（${former.provinceShortName}）（${former.name}）（${today.slice(0, 4)}）第 ${String(randomInt(10 ** 6)).padStart(6, '0')} 号`,
          person,
          hukou: { place: `${former.name}演示区`, type: '1' },
          scheme,
          participationRegion: fromRegion,
          participation: { from: firstMonth, to: lastMonth },
          benefits: { from: `${firstMonth}-01`, to: today },
          balanceFen,
          issuer: { office: formerCode, name: formerOffice.name, contact: formerOffice.contact, phone: formerOffice.phone },
          issuedOn: today,
        },
      },
    },
    'confirm-termination': { terminatedOn: today },
    remit: { amountFen: balanceFen, bankReference, remittedOn: today },
    'send-table': {
      periods: [
        {
          from: firstMonth,
          to: lastMonth,
          scheme,
          contribution: '1',
          months,
          officeName: formerOffice.name,
          officeCode: formerCode,
        },
      ],
      totalMonths: months,
      balanceFen,
    },
    'confirm-money': { amountFen: balanceFen, bankReference, valueDate: today },
  };
}

function syntheticIdNumber(region: string): string {
  const birth = dateOfDay(randomInt(0, 10_000)).replaceAll('-', '');
  const first17 = `${region}${birth}${randomInt(996, 1000)}`;
  return first17 + idNumberCheck(first17);
}

const monthBefore = (date: CalendarDate): string => dateOfDay(dayNumber(date) - Number(date.slice(8))).slice(0, 7);

/** Both ends counted. */
function monthsBetween(from: string, to: string): number {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
  return number(to) - number(from) + 1;
}
