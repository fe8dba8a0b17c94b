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
type InProcedureOf2016 = 'open' | 'send-voucher' | 'apply' | 'accept' | 'propose-termination';
type InProcedureOf2021 = 'request' | 'give-verdict';
type InBoth = 'remit' | 'propose-table' | 'confirm-money';
/** Bodies of the commands that state something, as a clerk would type them. */
export type DemoBodies = { readonly [Name in InProcedureOf2016 | InProcedureOf2021 | InBoth]: z.input<Bodies[Name]> };

const firstMonth = '2018-07';
const balanceFen = 1_234_567;
const scheme = '310';

/**
 * The papers of one made-up person who moves from one region to another today, under either procedure; the request is made at the window of
 * the region left. Each call makes another person, because only one case per person may be open; sequence numbers 996–999 mark ID numbers
 * that belong to nobody.
 */
export function demoDocuments(fromRegion: string, toRegion: string, idNumber = syntheticIdNumber(fromRegion)): DemoBodies {
  const today = chinaDate(systemClock.now());
  const former = demoRegionOf(fromRegion);
  const joined = demoRegionOf(toRegion);
  const formerCode = mainOfficeOf(fromRegion);
  const formerOffice = demoOffice(fromRegion);
  const person = { name: '演示甲', idNumber };
  const lastMonth = monthBefore(today);
  const months = monthsBetween(firstMonth, lastMonth);
  const bankReference = `DEMO${randomInt(10 ** 9)}`;
  const applicant = { capacity: 'person', name: person.name, phone: '13800000000' } as const;
  const enrolled = { side: 'transferIn', enrolled: true, enrolledOn: today, retired: false } as const;
  const suspended = { side: 'transferOut', participation: 'suspended', suspendedOn: firstOfMonth(today), retired: false } as const;
  const form = {
    applicant,
    scheme,
    hukouType: '1',
    address: `${joined.name}演示路2号`,
    postcode: joined.postcode,
    transferAccount: true,
    appliedOn: today,
  } as const;
  const voucher = {
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
  } as const;
  return {
    open: { application: { ...form, person, formerRegion: fromRegion, voucher } },
    'send-voucher': { voucher, newRegion: toRegion },
    apply: { application: form },
    accept: { facts: enrolled },
    request: {
      request: {
        person,
        applicant,
        counterpart: toRegion,
        formerScheme: scheme,
        newScheme: scheme,
        insuredUntil: lastMonth,
        transferAccount: true,
        appliedOn: today,
      },
      facts: suspended,
    },
    'give-verdict': { facts: enrolled },
    'propose-termination': { terminatedOn: today, facts: suspended },
    remit: { amountFen: balanceFen, bankReference, remittedOn: today },
    'propose-table': {
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

const firstOfMonth = (date: CalendarDate): string => `${date.slice(0, 7)}-01`;
const monthBefore = (date: CalendarDate): string => dateOfDay(dayNumber(date) - Number(date.slice(8))).slice(0, 7);

/** Both ends counted. */
function monthsBetween(from: string, to: string): number {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
  return number(to) - number(from) + 1;
}
