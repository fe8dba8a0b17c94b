import { describe, expect, it } from 'vitest';
import { codeFrom, readCode, systemCodes } from '../../functions/vouchers/code.ts';
import { VerificationCode } from '../../schemas/vouchers.ts';

/** Crockford's base 32, written down once more. */
const SYMBOLS = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
const bytes = (value: (i: number) => number) => Uint8Array.from({ length: 15 }, (_, i) => value(i));
const CODES = [
  codeFrom(bytes(() => 0)),
  codeFrom(bytes(() => 31)),
  codeFrom(bytes((i) => i)),
  codeFrom(bytes((i) => 255 - 7 * i)),
  codeFrom(bytes((i) => 11 * i + 3)),
  systemCodes.code(),
];
const plain = (code: string) => code.replaceAll('-', '');

describe('a verification code (A5)', () => {
  it('is printed in four groups of four', () => {
    for (const code of CODES) expect(VerificationCode.parse(code)).toBe(code);
  });

  it('has the check symbol of Luhn mod 32, computed by hand', () => {
    // All zeros add up to 0. From the right 1 is doubled to 2: 32 − 2 = 30, which is Y.
    expect(codeFrom(bytes(() => 0))).toBe('0000-0000-0000-0000');
    expect(codeFrom(bytes((i) => (i === 14 ? 1 : 0)))).toBe('0000-0000-0000-001Y');
    // 31 doubled is 62 = 1·32 + 30, digits 1 + 30 = 31; one place further left it counts once: 31.
    expect(codeFrom(bytes((i) => (i === 14 ? 31 : 0)))).toBe('0000-0000-0000-00Z1');
    expect(codeFrom(bytes((i) => (i === 13 ? 31 : 0)))).toBe('0000-0000-0000-0Z01');
  });

  it('of 15 random bytes has five bits of each', () => {
    expect(plain(codeFrom(bytes((i) => 32 * (i % 8) + i))).slice(0, 15)).toBe('0123456789ABCDE');
    expect(() => codeFrom(new Uint8Array(14))).toThrow(RangeError);
    expect(new Set(Array.from({ length: 1_000 }, () => systemCodes.code())).size).toBe(1_000);
  });

  it('is no code any more with any one of its 16 symbols changed to any other (A5)', () => {
    let changed = 0;
    for (const code of CODES.map(plain)) {
      for (let i = 0; i < 16; i += 1) {
        for (const symbol of SYMBOLS.filter((other) => other !== code[i])) {
          changed += 1;
          expect(readCode(code.slice(0, i) + symbol + code.slice(i + 1))).toBeUndefined();
        }
      }
    }
    expect(changed).toBe(CODES.length * 16 * 31);
  });

  it('is no code any more with two neighbours exchanged, but for 0 and Z', () => {
    for (const first of SYMBOLS) {
      for (const second of SYMBOLS.filter((symbol) => symbol !== first)) {
        for (const i of [0, 1, 13]) {
          const code = plain(codeFrom(bytes((at) => (at === i ? SYMBOLS.indexOf(first) : at === i + 1 ? SYMBOLS.indexOf(second) : 9))));
          const exchanged = code.slice(0, i) + second + first + code.slice(i + 2);
          const isFound = readCode(exchanged) === undefined;
          expect([first, second, isFound]).toEqual([first, second, !['0Z', 'Z0'].includes(first + second)]);
        }
      }
    }
  });

  it.each([
    ['small letters', (code: string) => code.toLowerCase()],
    ['without hyphens', plain],
    ['with spaces', (code: string) => ` ${code.replaceAll('-', ' ')} `],
    ['with dashes of other kinds', (code: string) => code.replaceAll('-', '–')],
    ['in full width', (code: string) => code.replace(/[0-9A-Z]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0))],
    ['with O for 0', (code: string) => code.replaceAll('0', 'O')],
    ['with o for 0', (code: string) => code.replaceAll('0', 'o')],
    ['with I for 1', (code: string) => code.replaceAll('1', 'I')],
    ['with l for 1', (code: string) => code.replaceAll('1', 'l')],
  ])('is read as people type it: %s', (_case, typed) => {
    for (const code of CODES) expect(readCode(typed(code))).toBe(code);
  });

  it.each(['', '0', '0000-0000-0000-000', '0000-0000-0000-00000', '0000-0000-0000-000U', '0000-0000-0000-000!', '０'.repeat(17)])(
    'is not what has another length or another character: %j',
    (typed) => expect(readCode(typed)).toBeUndefined(),
  );
});
