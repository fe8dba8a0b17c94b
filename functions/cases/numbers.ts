import { documentCheck } from '../../schemas/check-digits.ts';
import {
  ApplicationNumber,
  type CalendarDate,
  CaseNumber,
  ImportNumber,
  LetterNumber,
  type OfficeCode,
  type RegionCode,
} from '../../schemas/primitives.ts';

const numbered = (scope: string, date: CalendarDate, sequence: number): string => {
  const text = `${scope}-${date.replaceAll('-', '')}-${String(sequence).padStart(6, '0')}`;
  return `${text}-${documentCheck(text)}`;
};

/** `330100-20261122-000001-c`: the region that the person moves to, the day in China, a sequence, a check digit. */
export const caseNumberOf = (region: RegionCode, date: CalendarDate, sequence: number): CaseNumber =>
  CaseNumber.parse(numbered(region, date, sequence));

/** Numbered like a case and from the same counter, so that no number means two things. */
export const applicationNumberOf = (region: RegionCode, date: CalendarDate, sequence: number): ApplicationNumber =>
  ApplicationNumber.parse(numbered(region, date, sequence));

/** `33010001-20261122-000001-c`: number of a letter or table (B1). */
export const letterNumberOf = (office: OfficeCode, date: CalendarDate, sequence: number): LetterNumber =>
  LetterNumber.parse(numbered(office, date, sequence));

/** Numbered like a letter and from the same counter, so that no number means two things. */
export const importNumberOf = (office: OfficeCode, date: CalendarDate, sequence: number): ImportNumber =>
  ImportNumber.parse(numbered(office, date, sequence));
