import * as z from 'zod';
import { idNumberCheck } from './check-digits.ts';
import { PersonNumber } from './primitives.ts';

/** Dots that keyboards and old systems offer in place of the middle dot of minority names. */
const MIDDLE_DOTS = /[\u2022\u30fb\u2027\uff65]/g;
const KANGXI_RADICALS = /[\u2f00-\u2fdf]/g;

/** Name as it is stored and compared: trimmed, one middle dot U+00B7, Kangxi radicals mapped to their characters. */
export function normaliseName(text: string): string {
  return text
    .trim()
    .replace(MIDDLE_DOTS, '\u00b7')
    .replace(KANGXI_RADICALS, (radical) => radical.normalize('NFKC'));
}

/** Number of a person as it is stored: of the ID number trimmed, ASCII, capital X; 15 digits (before 1999, all born 19xx) are upgraded to 18 (GB 11643). */
export function normaliseIdNumber(text: string): string {
  const plain = text.normalize('NFKC').trim().toUpperCase();
  const card = /^(MEDICAL|RURAL)(:.*)$/.exec(plain);
  if (card) return `${card[1]?.toLowerCase()}${card[2]}`;
  if (!/^\d{15}$/.test(plain)) return plain;
  const first17 = `${plain.slice(0, 6)}19${plain.slice(6)}`;
  return first17 + idNumberCheck(first17);
}

/** Name of a person: at most 50 code points, none of them private-use (no font and no other office has those). */
export const PersonName = z
  .string()
  .refine((name) => name.length > 0, { error: '姓名不得为空 (name must not be empty)' })
  .refine((name) => [...name].length <= 50, { error: '姓名不得超过50个字 (name has at most 50 characters)' })
  .refine((name) => !/[\p{Co}\p{Cc}\p{Cs}]/u.test(name), { error: '姓名含自造字或控制字符 (name has private-use or control characters)' })
  .refine((name) => normaliseName(name) === name, { error: '姓名未规范化 (name is not normalised)' })
  .brand('PersonName');
export type PersonName = z.infer<typeof PersonName>;

/** The insured person 参保人: the ID number is the key; where there is none, `idNumber` holds a card number with its kind (S191 10; B22). */
export const Person = z.strictObject({ name: PersonName, idNumber: PersonNumber });
export type Person = z.infer<typeof Person>;

/** A name as typed at a counter: normalised, then checked. */
export const PersonNameInput = z.string().transform(normaliseName).pipe(PersonName);

/** A person as typed at a counter. */
export const PersonInput = z.strictObject({
  name: PersonNameInput,
  idNumber: z.string().transform(normaliseIdNumber).pipe(PersonNumber),
});
