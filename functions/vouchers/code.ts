import { randomBytes } from 'node:crypto';
import { VerificationCode } from '../../schemas/vouchers.ts';

/** Crockford's base 32: no I, L, O and U, which are read as 1, 1, 0 and V. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_SYMBOLS = 15;
const WELL_FORMED = new RegExp(`^[${SYMBOLS}]{${RANDOM_SYMBOLS + 1}}$`);

/** Where verification codes come from; injected, so that a test can repeat a run. */
export type Codes = { code(): VerificationCode };

/** 75 random bits: nobody guesses a code, so the print needs no seal and a check needs no key (A5). */
export const systemCodes: Codes = { code: () => codeFrom(randomBytes(RANDOM_SYMBOLS)) };

/** The code of 15 random bytes, five bits of each: 256 is a multiple of 32, so every symbol is equally likely. */
export function codeFrom(random: Uint8Array): VerificationCode {
  if (random.length !== RANDOM_SYMBOLS) throw new RangeError(`a code is made of ${RANDOM_SYMBOLS} bytes, not of ${random.length}`);
  const payload = Array.from(random, (byte) => SYMBOLS.charAt(byte % SYMBOLS.length)).join('');
  return grouped(payload + checkSymbol(payload));
}

/**
 * The code that somebody typed or scanned, however he wrote it; undefined where it cannot be one: wrong length, another character, or a check
 * symbol that does not fit.
 */
export function readCode(typed: string): VerificationCode | undefined {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (!WELL_FORMED.test(plain)) return undefined;
  return checkSymbol(plain.slice(0, RANDOM_SYMBOLS)) === plain.charAt(RANDOM_SYMBOLS) ? grouped(plain) : undefined;
}

const grouped = (symbols: string): VerificationCode => VerificationCode.parse(symbols.replace(/(.{4})(?=.)/g, '$1-'));

/**
 * Luhn mod 32. ISO 7064 has no system for 32 symbols: MOD 37,36 could yield a check character outside of them. As 32 is even, doubling permutes
 * the symbols, so every single wrong symbol is found, and of two neighbours exchanged all but 0 and Z.
 */
function checkSymbol(payload: string): string {
  const sum = [...payload].toReversed().reduce((total, symbol, fromRight) => {
    const value = SYMBOLS.indexOf(symbol) * (fromRight % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / SYMBOLS.length) + (value % SYMBOLS.length);
  }, 0);
  return SYMBOLS.charAt((SYMBOLS.length - (sum % SYMBOLS.length)) % SYMBOLS.length);
}
