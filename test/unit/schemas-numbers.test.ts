import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseNumberOf, letterNumberOf } from '../../functions/cases/numbers.ts';
import { findingsOf } from '../../functions/platform/errors.ts';
import { documentCheck, idNumberCheck } from '../../schemas/check-digits.ts';
import { normaliseIdNumber, PersonInput } from '../../schemas/person.ts';
import {
  CalendarDate,
  CaseNumber,
  DivisionCode,
  Fen,
  IdNumber,
  Instant,
  LetterNumber,
  Month,
  OfficeCode,
  PROVINCE_PREFIXES,
  RegionCode,
} from '../../schemas/primitives.ts';

/** Every text that differs from `text` in one digit. */
const oneDigitOff = (text: string): string[] =>
  [...text].flatMap((old, i) =>
    /\d/.test(old) ? [...'0123456789'].filter((digit) => digit !== old).map((digit) => text.slice(0, i) + digit + text.slice(i + 1)) : [],
  );

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) => schema.safeParse(value).success;
const reasons = (schema: { safeParse(value: unknown): { error?: unknown } }, value: unknown) => {
  const { error } = schema.safeParse(value);
  return error === undefined ? [] : findingsOf(error as never).map(({ reason }) => reason);
};

const day = fc
  .date({ min: new Date('1920-01-01T00:00:00Z'), max: new Date('2025-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const digits = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const anIdNumber = fc
  .tuple(fc.constantFrom(...PROVINCE_PREFIXES), digits(4), day, digits(3))
  .map(([province, county, born, order]) => province + county + born.replaceAll('-', '') + order)
  .map((first17) => first17 + idNumberCheck(first17));

describe('ID number (B22, GB 11643)', () => {
  test.each(['11010519491231002X', '440524188001010014', '810000199408230021', '830000199201300022', '932682198501010017'])(
    '%s is accepted',
    (id) => expect(accepts(IdNumber, id.slice(0, 17) + idNumberCheck(id.slice(0, 17)))).toBe(true),
  );

  test.each(['11010519491231002X', '440524188001010014'])('the standard’s own example %s fits its check character', (id) => {
    expect(IdNumber.parse(id)).toBe(id);
  });

  test('every number with a right check character is accepted, and every single wrong digit is refused', () => {
    fc.assert(
      fc.property(anIdNumber, (id) => {
        expect(accepts(IdNumber, id)).toBe(true);
        expect(oneDigitOff(id).filter((wrong) => accepts(IdNumber, wrong))).toEqual([]);
        expect([...'0123456789X'].filter((check) => accepts(IdNumber, id.slice(0, 17) + check))).toEqual([id[17]]);
      }),
      { numRuns: 50 },
    );
  });

  test('two neighbouring digits that changed places are refused', () => {
    fc.assert(
      fc.property(anIdNumber, fc.integer({ min: 0, max: 16 }), (id, i) => {
        fc.pre(id[i] !== id[i + 1]);
        expect(accepts(IdNumber, id.slice(0, i) + id[i + 1] + id[i] + id.slice(i + 2))).toBe(false);
      }),
    );
  });

  test.each([
    ['a date that does not exist', '11010519490229002', '身份证号的出生日期不存在'],
    ['month 13', '11010519491331002', '身份证号的出生日期不存在'],
    ['no such region', '00010519491231002', '身份证号的地区不存在'],
  ])('with %s says so, Chinese first', (_case, first17, said) => {
    expect(reasons(IdNumber, first17 + idNumberCheck(first17))[0]).toMatch(new RegExp(`^${said} \\(.+\\)$`));
  });

  test.each([
    ['15 digits of before 1999', '110105491231002', '11010519491231002X'],
    ['full-width digits', '１１０１０５１９４９１２３１００２Ｘ', '11010519491231002X'],
    ['a small x', '11010519491231002x', '11010519491231002X'],
    ['spaces around', ' 11010519491231002X\n', '11010519491231002X'],
    ['one full-width digit', '1101051949123100２X', '11010519491231002X'],
    ['full-width 15 digits', '１１０１０５４９１２３１００２', '11010519491231002X'],
  ])('typed as %s is normalised', (_case, typed, stored) => {
    expect(normaliseIdNumber(typed)).toBe(stored);
    expect(PersonInput.parse({ name: '测试甲', idNumber: typed }).idNumber).toBe(stored);
  });

  test.each(['', '1101051949123100', '11010549123100', '11010519491231002Y', 11010519491231002])('%j is refused', (typed) =>
    expect(accepts(PersonInput.shape.idNumber, typed)).toBe(false),
  );

  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anIdNumber), (text) => normaliseIdNumber(normaliseIdNumber(text)) === normaliseIdNumber(text)),
    );
  });
});

describe('case and document numbers (B1)', () => {
  const numbers = fc.tuple(fc.constantFrom(...PROVINCE_PREFIXES), digits(4), digits(2), day, fc.integer({ min: 1, max: 999_999 }));

  test('are office or region, date, six digits and a check digit', () => {
    expect(letterNumberOf(OfficeCode.parse('33010001'), CalendarDate.parse('2026-11-22'), 1)).toMatch(/^33010001-20261122-000001-\d$/);
    expect(caseNumberOf(RegionCode.parse('330100'), CalendarDate.parse('2026-11-22'), 42)).toMatch(/^330100-20261122-000042-\d$/);
  });

  test('have a check digit that finds every single wrong digit', () => {
    fc.assert(
      fc.property(numbers, ([province, county, serial, date, n]) => {
        const made = caseNumberOf(RegionCode.parse(province + county), CalendarDate.parse(date), n);
        expect(oneDigitOff(made).filter((wrong) => accepts(CaseNumber, wrong))).toEqual([]);
        const letter = letterNumberOf(OfficeCode.parse(province + county + serial), CalendarDate.parse(date), n);
        expect(oneDigitOff(letter).filter((wrong) => accepts(LetterNumber, wrong))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('do not run over a million a day', () => {
    expect(() => letterNumberOf(OfficeCode.parse('33010001'), CalendarDate.parse('2026-11-22'), 1_000_000)).toThrow();
  });

  test.each(['330100-20260230-000001', '330100-20261322-000001'])('with a date that does not exist, %s, are refused', (text) => {
    expect(reasons(CaseNumber, `${text}-${documentCheck(`${text}-`)}`)[0]).toMatch(/^业务编号中的日期不存在/);
  });
});

describe('dates and money', () => {
  test.each(['2026-02-30', '2026-13-01', '2025-02-29', '2026-2-3', '20260203', '2026-02-03T00:00:00Z', ''])(
    'calendar date %j is refused, Chinese first',
    (text) => expect(reasons(CalendarDate, text)[0]).toMatch(/^须为真实存在的日期/),
  );
  test.each(['2024-02-29', '2026-12-31'])('calendar date %s is accepted', (text) => expect(accepts(CalendarDate, text)).toBe(true));

  test.each(['2026-00', '2026-13', '1899-12', '2026-1', '2026-01-01'])('month %s is refused', (text) =>
    expect(accepts(Month, text)).toBe(false),
  );

  test.each(['2026-03-02T02:00:00Z', '2026-03-02T02:00:00.000+08:00', '2026-03-02T02:00:00.0000Z', '2026-02-30T02:00:00.000Z'])(
    'instant %s is refused: text order must be time order',
    (text) => expect(accepts(Instant, text)).toBe(false),
  );

  test.each([0, 1, 10_000_000_000])('%d fen are accepted', (fen) => expect(accepts(Fen, fen)).toBe(true));
  test.each([-1, 0.5, 10_000_000_001, Number.NaN, Number.POSITIVE_INFINITY, '1', 2 ** 53])('%s fen are refused, Chinese first', (fen) => {
    expect(reasons(Fen, fen)[0]).toMatch(/^(金额|超出)/);
  });
});

describe('division codes', () => {
  test.each(['330100', '510100', '339900', '659000', '110000'])('%s is accepted', (code) => expect(accepts(DivisionCode, code)).toBe(true));
  test.each(['000000', '990100', '710000', '810000', '33010', '3301000', '33010a', '３３０１００'])('%s is refused', (code) => {
    expect(accepts(DivisionCode, code)).toBe(false);
  });
  test('an office code is a division code and a serial', () => {
    expect(accepts(OfficeCode, '33010001')).toBe(true);
    expect(['330100', '3301000', '330100011', '99010001'].filter((code) => accepts(OfficeCode, code))).toEqual([]);
  });
});
