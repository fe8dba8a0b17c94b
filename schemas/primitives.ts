import * as z from 'zod';
import { documentCheck, idNumberCheck } from './check-digits.ts';

/** Messages are shown to clerks: Chinese first, English in brackets. A field that fails one check is not asked the next: one reason says enough. */
const say = (zh: string, en: string) => ({ error: `${zh} (${en})`, abort: true });

/** Calendar date in China time, `YYYY-MM-DD`; 2026-02-30 is refused. */
export const CalendarDate = z.iso.date(say('须为真实存在的日期 YYYY-MM-DD', 'must be a real date YYYY-MM-DD')).brand('CalendarDate');
export type CalendarDate = z.infer<typeof CalendarDate>;

/** Calendar month, `YYYY-MM`. */
export const Month = z
  .string()
  .regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])$/, say('须为月份 YYYY-MM', 'must be a month YYYY-MM'))
  .brand('Month');
export type Month = z.infer<typeof Month>;

/** Moment in UTC with exactly three decimals, so that text order is time order. */
export const Instant = z.iso
  .datetime({ precision: 3, ...say('须为带毫秒的 UTC 时间', 'must be a UTC time with milliseconds') })
  .brand('Instant');
export type Instant = z.infer<typeof Instant>;

/** Money in fen (分), at most 100 million yuan: more than any personal account can hold is a typing error. */
export const Fen = z
  .int(say('金额须为整数分', 'amount must be whole fen'))
  .min(0, say('金额不得为负', 'amount must not be negative'))
  .max(10_000_000_000, say('金额超出上限', 'amount is beyond the limit'))
  .brand('Fen');
export type Fen = z.infer<typeof Fen>;

/** First two digits of GB/T 2260 codes on the mainland. */
export const PROVINCE_PREFIXES = '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65'.split(' ');
const hasProvince = (code: string) => PROVINCE_PREFIXES.includes(code.slice(0, 2));
const provinceMessage = say('行政区划代码的省份不存在', 'division code has no such province');

/** Division code 行政区划代码 (GB/T 2260, six digits); also insurance-only codes such as 339900. Whether it is in use, the directory knows. */
export const DivisionCode = z
  .string()
  .regex(/^\d{6}$/, say('须为六位行政区划代码', 'must be a six-digit division code'))
  .refine(hasProvince, provinceMessage)
  .brand('DivisionCode');
export type DivisionCode = z.infer<typeof DivisionCode>;

/** Pooling region 统筹地区, named by its division code. */
export const RegionCode = DivisionCode.brand('RegionCode');
export type RegionCode = z.infer<typeof RegionCode>;

/** Handling office 经办机构: division code + two-digit serial, since one district has several windows. */
export const OfficeCode = z
  .string()
  .regex(/^\d{8}$/, say('须为八位经办机构代码', 'must be an eight-digit office code'))
  .refine(hasProvince, provinceMessage)
  .brand('OfficeCode');
export type OfficeCode = z.infer<typeof OfficeCode>;

function isRealDay(digits: string): boolean {
  return z.iso.date().safeParse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`).success;
}

const ID_PROVINCES = new Set([...PROVINCE_PREFIXES, '71', '81', '82', '83', '90', '91']);

const ID_REGION = say('身份证号的地区不存在', 'ID number has no such region');
const ID_BIRTH = say('身份证号的出生日期不存在', 'birth date in the ID number does not exist');
const ID_CHECK = say('身份证号校验位不符', 'ID number check character is wrong');
const hasIdRegion = (id: string): boolean => id.startsWith('9') || ID_PROVINCES.has(id.slice(0, 2));
const hasIdBirth = (id: string): boolean => isRealDay(id.slice(6, 14));
const hasIdCheck = (id: string): boolean => idNumberCheck(id.slice(0, 17)) === id[17];

/**
 * Resident ID number 身份证号 (GB 11643), normalised: 18 characters, capital X. Checked: shape, province (with the residence permits
 * 810000/820000/830000 and the permanent-residence card 9…), birth date, check character. That the birth date lies in the past needs a clock.
 */
export const IdNumber = z
  .string()
  .regex(/^\d{17}[\dX]$/, say('身份证号须为18位', 'ID number must have 18 characters'))
  .refine(hasIdRegion, ID_REGION)
  .refine(hasIdBirth, ID_BIRTH)
  .refine(hasIdCheck, ID_CHECK)
  .brand('IdNumber');
export type IdNumber = z.infer<typeof IdNumber>;

/**
 * Number of a person who has no ID number on record (S191 10, annex *): medical-insurance number 医疗保险编号 (`medical`) or number of the rural
 * scheme's card 新农合卡证号 (`rural`), each with the region that gave it, since it means nothing elsewhere: `rural:510100:00123456`.
 */
export const CardNumber = z
  .string()
  .regex(
    /^(medical|rural):\d{6}:[0-9A-Z]{4,30}$/,
    say('须为 medical:统筹地区:编号 或 rural:统筹地区:编号', 'must be medical:region:number or rural:region:number'),
  )
  .refine((text) => hasProvince(text.split(':')[1] ?? ''), provinceMessage)
  .brand('CardNumber');
export type CardNumber = z.infer<typeof CardNumber>;

const isCard = (text: string): boolean => text.includes(':');
/** What a person is known by: the ID number, else a card number, which names its kind (S191 10; B22). */
export const PersonNumber = z
  .string()
  .regex(
    /^(\d{17}[\dX]|(medical|rural):\d{6}:[0-9A-Z]{4,30})$/,
    say('身份证号须为18位，其他编号须注明种类和统筹地区', 'an ID number has 18 characters; any other number names its kind and region'),
  )
  .refine((text) => isCard(text) || hasIdRegion(text), ID_REGION)
  .refine((text) => isCard(text) || hasIdBirth(text), ID_BIRTH)
  .refine((text) => isCard(text) || hasIdCheck(text), ID_CHECK)
  .refine((text) => !isCard(text) || hasProvince(text.split(':')[1] ?? ''), provinceMessage)
  .brand('PersonNumber');
export type PersonNumber = z.infer<typeof PersonNumber>;

/** Number of a voucher 参保(合)凭证 as it stands in keys and addresses: region, year, number within both. What is printed is another field. */
export const VoucherId = z
  .string()
  .regex(/^\d{6}-20\d{2}-\d{6}$/, say('凭证编号须形如 330100-2026-000123', 'voucher id must look like 330100-2026-000123'))
  .refine(hasProvince, provinceMessage)
  .brand('VoucherId');
export type VoucherId = z.infer<typeof VoucherId>;

/** `<region>-<YYYYMMDD>-<6 digits>-<check>` or the same with an office: ASCII, no personal data, one wrong digit is found. */
const numbered = (pattern: RegExp, zh: string, en: string) =>
  z
    .string()
    .regex(pattern, say(`${zh}格式不符`, `${en} is malformed`))
    .refine((text) => isRealDay(text.split('-')[1] ?? ''), say(`${zh}中的日期不存在`, `date in the ${en} does not exist`))
    .refine((text) => documentCheck(text.slice(0, -1)) === text.at(-1), say(`${zh}校验位不符`, `${en} check digit is wrong`));

/** Number of a transfer case 转移业务; both regions use the one given by the region that began it (ADR 0012). */
export const CaseNumber = numbered(/^\d{6}-\d{8}-\d{6}-\d$/, '业务编号', 'case number').brand('CaseNumber');
export type CaseNumber = z.infer<typeof CaseNumber>;

/** Number of an application for several former regions at once (B23); made and checked like a case number. */
export const ApplicationNumber = numbered(/^\d{6}-\d{8}-\d{6}-\d$/, '申请编号', 'application number').brand('ApplicationNumber');
export type ApplicationNumber = z.infer<typeof ApplicationNumber>;

/** Number of a letter 联系函 or table 信息表: office + date + sequence + check digit. */
export const LetterNumber = numbered(/^\d{8}-\d{8}-\d{6}-\d$/, '文书编号', 'document number').brand('LetterNumber');
export type LetterNumber = z.infer<typeof LetterNumber>;

/** Number of a file that an office handed in (bank statement, batch of commands); made and checked like a letter number. */
export const ImportNumber = numbered(/^\d{8}-\d{8}-\d{6}-\d$/, '导入编号', 'import number').brand('ImportNumber');
export type ImportNumber = z.infer<typeof ImportNumber>;

export const MessageId = z.uuid(say('须为 UUID', 'must be a UUID')).brand('MessageId');
export type MessageId = z.infer<typeof MessageId>;

/** A UUID and nothing else: a free text could carry personal data into a key. */
export const IdempotencyKey = z.uuid(say('幂等键须为 UUID', 'idempotency key must be a UUID')).brand('IdempotencyKey');
export type IdempotencyKey = z.infer<typeof IdempotencyKey>;

/** SHA-256 in lower-case hex. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand('Sha256');
export type Sha256 = z.infer<typeof Sha256>;

/** A line of text as clerks type it: trimmed, no control characters and no half characters, which have no canonical form to sign. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, say('不得为空', 'must not be empty'))
    .max(max, say(`不得超过${max}个字符`, `at most ${max} characters`))
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, say('不得含控制字符', 'no control characters'));

/** Telephone: mobile, landline with area code, or a hotline such as 12393. */
export const Phone = z
  .string()
  .regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|123\d{2})$/, say('电话号码格式不符', 'phone number is malformed'));

export const Postcode = z.string().regex(/^\d{6}$/, say('邮政编码须为六位数字', 'postcode must be six digits'));

/** Bank account of an office: 9–32 digits; corporate accounts have no Luhn digit. */
export const BankAccountNumber = z.string().regex(/^\d{9,32}$/, say('银行账号须为9至32位数字', 'account number must be 9 to 32 digits'));

/** Keyed hash of the ID number: finds a person without the number standing in a key. */
export const PersonHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand('PersonHash');
export type PersonHash = z.infer<typeof PersonHash>;
