import { randomInt } from 'node:crypto';
import type * as z from 'zod';
import { chinaDate, dateOfDay } from '../../functions/calendar/china-time.ts';
import { monthNumber, monthOf } from '../../functions/cases/months.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import type { COMMAND_BODIES } from '../../schemas/api.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import { Month } from '../../schemas/primitives.ts';
import { demoBalanceFen } from './demo-account.ts';
import { demoRegionOf, mainOfficeOf } from './demo-regions.ts';
import { demoOffice } from './directory-data.ts';

type Bodies = typeof COMMAND_BODIES;
type InProcedureOf2016 = 'open' | 'send-voucher' | 'apply' | 'accept' | 'propose-termination';
type InProcedureOf2021 = 'request' | 'give-verdict';
type Aftermath = 'assess-entitlement' | 'supplement-record' | 'deliver-notice';
type InBoth = 'propose-remittance' | 'propose-table' | 'confirm-money' | Aftermath;
/** Bodies of the commands that state something, as a clerk would type them. */
export type DemoBodies = { readonly [Name in InProcedureOf2016 | InProcedureOf2021 | InBoth]: z.input<Bodies[Name]> };

const firstMonth = Month.parse('2019-03');
const scheme = '310';
/** Months without contributions before the region joined: a gap that may be made up without a waiting period (2021 measures). */
const gapMonths = 2;

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
  const thisMonth = Month.parse(today.slice(0, 7));
  const lastMonth = monthOf(monthNumber(thisMonth) - gapMonths - 1);
  const months = monthNumber(lastMonth) - monthNumber(firstMonth) + 1;
  const balanceFen = demoBalanceFen(months);
  const bankReference = `DEMO${randomInt(10 ** 9)}`;
  const applicant = { capacity: 'person', name: person.name, phone: '13800000000' } as const;
  const enrolled = { side: 'transferIn', enrolled: true, enrolledOn: today, retired: false } as const;
  const suspendedIn = monthOf(monthNumber(lastMonth) + 1);
  const suspendedOn = `${suspendedIn}-01`;
  const suspended = { side: 'transferOut', participation: 'suspended', suspendedOn, insuredUntil: lastMonth, retired: false } as const;
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
    benefits: { from: `${firstMonth}-01`, to: suspendedOn },
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
    'propose-remittance': { amountFen: balanceFen, bankReference, remittedOn: today },
    'propose-table': {
      periods: [
        {
          from: firstMonth,
          to: lastMonth,
          months,
          ...paidAt(fromRegion),
        },
      ],
      totalMonths: months,
      balanceFen,
    },
    'confirm-money': { amountFen: balanceFen, bankReference, valueDate: today },
    'assess-entitlement': {
      facts: {
        suspendedOn,
        insuredUntil: lastMonth,
        consecutiveMonths: months,
        registeredOn: today,
        paidFrom: thisMonth,
        madeUpIn: thisMonth,
        hasEmployer: false,
        statusChanged: false,
        formerEmployeeMonths: months,
        localEmployeeMonths: gapMonths + 1,
        regional: {
          localHukou: false,
          sex: Number(idNumber[16]) % 2 === 1 ? 'male' : 'female',
          birthDate: `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`,
          approvedMove: false,
          relationTransferred: true,
          employeeMonthsInYearBefore: 12 - gapMonths,
        },
      },
    },
    'supplement-record': {
      // The gap, which was made up here, and the first month of the new relation.
      periods: [
        { from: suspendedIn, to: monthOf(monthNumber(thisMonth) - 1), months: gapMonths, ...paidAt(toRegion), contribution: '2' },
        { from: thisMonth, to: thisMonth, months: 1, ...paidAt(toRegion) },
      ],
      source: 'own-records',
      document: '缴费台账',
    },
    'deliver-notice': { kind: 'completed', to: 'person', channel: 'sms' },
  };
}

const paidAt = (region: string) =>
  ({ scheme, contribution: '1', officeName: demoOffice(region).name, officeCode: mainOfficeOf(region) }) as const;

function syntheticIdNumber(region: string): string {
  // Born in the nineties: a region may ask how old somebody is (Hangzhou: below 40 or 50).
  const birth = dateOfDay(randomInt(7_305, 10_957)).replaceAll('-', '');
  const first17 = `${region}${birth}${randomInt(996, 1000)}`;
  return first17 + idNumberCheck(first17);
}
