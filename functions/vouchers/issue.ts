import type { Scheme } from '../../schemas/codes.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { CoverageVoucher } from '../../schemas/documents.ts';
import { type CalendarDate, Fen, type Month } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import type { Arrears, VoucherRecord } from '../../schemas/vouchers.ts';
import { bornInFuture } from '../cases/decide-application.ts';
import { found, NOTHING } from '../cases/decisions.ts';
import { tableFindings } from '../cases/table.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { accountFindings, balanceOf } from './account.ts';
import { printedNumber, yearOf } from './number.ts';

/** Who issues, and when: the caller's region and office as the directory has them, the day in China. */
export type Issuer = { region: Region; office: Office; today: CalendarDate };

/** A voucher that may be issued and lacks but its number. */
export type Draft = {
  voucher: Omit<CoverageVoucher, 'number'>;
  /** Contribution months of all periods. */
  months: number;
  suspendedOn: CalendarDate;
  arrears: Arrears | undefined;
  hasEmployer: boolean;
};

/**
 * The voucher that a record yields (S94 4; S191 8): months, participation and balance are computed, issuer and date come from directory and
 * clock. Throws Refusal('voucher.not-issuable') with every field that stands in the way.
 */
export function draftVoucher(record: VoucherRecord, issuer: Issuer): Draft {
  const wrong = recordFindings(record, issuer);
  if (wrong.length > 0) throw new Refusal('voucher.not-issuable', wrong);
  const { region, office, today } = issuer;
  const { person, insuranceNumber, hukou, householder, scheme, periods, benefits, account, arrears, suspendedOn, hasEmployer } = record;
  const voucher = CoverageVoucher.omit({ number: true }).parse({
    person,
    ...(insuranceNumber !== undefined && { insuranceNumber }),
    hukou,
    ...(householder && { householder }),
    scheme,
    participationRegion: region.code,
    participation: { from: firstOf(periods.map(({ from }) => from)), to: lastOf(periods.map(({ to }) => to)) },
    benefits,
    balanceFen: Fen.parse(balanceOf(account)),
    issuer: { office: office.code, name: office.name, contact: office.contact, phone: office.phone },
    issuedOn: today,
  });
  return { voucher, months: monthsOf(record), suspendedOn, arrears, hasEmployer };
}

/** The draft with a number of its region and year. */
export function numbered({ voucher }: Draft, region: Region, number: number): CoverageVoucher {
  return CoverageVoucher.parse({ number: printedNumber(region, yearOf(voucher.issuedOn), number), ...voucher });
}

const firstOf = (months: readonly Month[]) => months.toSorted()[0];
const lastOf = (months: readonly Month[]) => months.toSorted().at(-1);
const monthsOf = ({ periods }: VoucherRecord): number => periods.reduce((total, { months }) => total + months, 0);

const recordFindings = (record: VoucherRecord, { region, today }: Issuer): FieldError[] => [
  ...relationFindings(record, today),
  ...personFindings(record, today),
  ...tableFindings({ periods: record.periods, totalMonths: monthsOf(record), balanceFen: NOTHING }, today),
  ...periodFindings(record),
  ...accountFindings(record.account, today),
  ...arrearsFindings(record, today),
  ...directoryFindings(region, today),
];

/** What the relation is where it is not suspended; those get no voucher (A1). */
const NOT_SUSPENDED: Record<Exclude<VoucherRecord['participation'], 'suspended'>, string> = {
  none: '该参保人在本地没有医疗保险关系 (the person has no relation here)',
  active: '参保关系尚未中止，须先办理中止参保 (the relation must be suspended first)',
  terminated: '参保关系已经终止 (the relation was terminated already)',
};

const relationFindings = ({ participation, suspendedOn }: VoucherRecord, today: CalendarDate): FieldError[] =>
  found([
    participation !== 'suspended' && finding('participation', 'not_suspended', NOT_SUSPENDED[participation]),
    suspendedOn > today && finding('suspendedOn', 'future', '中止日期在将来 (the day of suspension lies in the future)'),
  ]);

const FUTURE_BIRTH = '身份证号的出生日期在将来 (birth date in the ID number lies in the future)';

const personFindings = ({ person, householder, scheme }: VoucherRecord, today: CalendarDate): FieldError[] =>
  found([
    bornInFuture(person.idNumber, today) && finding('person.idNumber', 'future_birth', FUTURE_BIRTH),
    householder !== undefined && bornInFuture(householder.idNumber, today) && finding('householder.idNumber', 'future_birth', FUTURE_BIRTH),
    // S191 annex: 户主 stands on the voucher for schemes that insure by household.
    householder !== undefined &&
      scheme === '310' &&
      finding('householder', 'not_allowed', '职工医保凭证不填户主 (the employee scheme has no householder)'),
  ]);

/**
 * Whose months a voucher of a scheme may state. It names one scheme for all of them; the resident scheme also carries on the two that were
 * merged into it (国发〔2016〕3号).
 */
const SAME_SCHEME: Record<Scheme, readonly Scheme[]> = { '310': ['310'], '380': ['380'], '390': ['390', '391', '380'], '391': ['391'] };

const periodFindings = ({ periods, scheme, suspendedOn }: VoucherRecord): FieldError[] =>
  periods.flatMap((period, i) =>
    found([
      !SAME_SCHEME[scheme].includes(period.scheme) &&
        finding(`periods.${i}.scheme`, 'other_scheme', '该时段险种与凭证险种不一致 (the period is of another scheme than the voucher)'),
      isAfter(period.to, suspendedOn) &&
        finding(`periods.${i}.to`, 'after_suspension', '止月晚于中止参保的月份 (the period ends after the suspension)'),
    ]),
  );

const isAfter = (month: Month, date: CalendarDate): boolean => month > date.slice(0, 7);

/** Owed are months that were to be paid and were not: none to come, none after the suspension, none that a period covers. */
const arrearsFindings = ({ arrears, periods, suspendedOn }: VoucherRecord, today: CalendarDate): FieldError[] =>
  (arrears?.months ?? []).flatMap((month, i) => {
    const field = `arrears.months.${i}`;
    if (isAfter(month, today)) return [finding(field, 'future', '欠费月份在将来 (the month lies in the future)')];
    if (isAfter(month, suspendedOn)) {
      return [finding(field, 'after_suspension', '欠费月份晚于中止参保的月份 (the month is after the suspension)')];
    }
    const isPaid = periods.some(({ from, to }) => from <= month && month <= to);
    return isPaid ? [finding(field, 'paid', '该月份在已缴费时段内 (a period says that the month was paid)')] : [];
  });

const directoryFindings = (region: Region, today: CalendarDate): FieldError[] =>
  printedNumber(region, yearOf(today), 1) === undefined
    ? [
        finding(
          'region',
          'directory_incomplete',
          '目录中本统筹地区缺少省份简称，或名称不合凭证号格式，请联系目录管理方 (the directory lacks the short name of the province, or the region’s name makes no voucher number: tell its keeper)',
        ),
      ]
    : [];
