import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { Signer } from '../../functions/platform/signature.ts';
import { documentCheck } from '../../schemas/check-digits.ts';
import { SigningKey } from '../../schemas/directory.ts';
import { BusinessMessage, ReceiptMessage } from '../../schemas/messages.ts';
import { CaseNumber, LetterNumber, RegionCode } from '../../schemas/primitives.ts';

export const HANGZHOU = RegionCode.parse('330100');
export const CHENGDU = RegionCode.parse('510100');
export const WUHAN = RegionCode.parse('420100');

const withCheck = (text: string) => `${text}${documentCheck(text)}`;
const six = (n: number) => String(n).padStart(6, '0');

export const aCaseNumber = (n = 1): CaseNumber => CaseNumber.parse(withCheck(`330100-20261120-${six(n)}-`));
export const aLetterNumber = (n = 1): LetterNumber => LetterNumber.parse(withCheck(`33010001-20261120-${six(n)}-`));

/** A UUID that a reader of a failed test recognises. */
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A key pair as a region has it, without the KMS around it. */
export function aKeyPair(validity: { validFrom?: string; validUntil?: string } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const published = SigningKey.parse({
    keyId: 'test-key',
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    validFrom: '2026-01-01T00:00:00.000Z',
    ...validity,
  });
  return { privateKey, published };
}

const signWith = (key: KeyObject, text: string): string =>
  sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

export const signerWith = (key: KeyObject): Signer => ({ sign: async (_region, text) => signWith(key, text) });

/** The bytes on the wire: whatever the event is, signed. */
export const sealed = (key: KeyObject, event: Record<string, unknown>): string =>
  JSON.stringify({ ...event, signature: signWith(key, canonicalJson(event)) });

export const PERSON = { name: '测试甲', idNumber: '11010519491231002X' };

const letter = () => ({
  number: aLetterNumber(),
  date: '2026-11-20',
  from: {
    code: '33010001',
    region: HANGZHOU,
    name: '杭州市医疗保障事务中心（演示）',
    address: '杭州市演示路1号',
    postcode: '310000',
    phone: '0571-12345001',
    contact: '杭州 经办人 一',
  },
  to: { region: CHENGDU, office: '51010001', name: '成都市医疗保障事务中心（演示）' },
  person: PERSON,
  hukouType: '1',
  formerScheme: '310',
  newScheme: '310',
  voucherNumber: '（川）（成都市）（2026）第 000123 号',
  transferAccount: true,
  payee: { bank: '演示银行', holder: '演示专户', number: '123456789012', directoryVersion: 1 },
});

const envelope = (n: number) => ({
  specversion: '1.0',
  id: uuid(n),
  source: `urn:jiexu:region:${HANGZHOU}`,
  subject: aCaseNumber(),
  time: '2026-11-20T01:00:00.000Z',
  datacontenttype: 'application/json',
  recipient: CHENGDU,
  causationid: uuid(999),
  procedure: '2016.1',
});

/** Unsigned events from Hangzhou to Chengdu; `n` is id and sequence. */
export const aLetterEvent = (n = 1, said: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...envelope(n),
  type: 'cn.jiexu.liaison-letter.v1',
  sequence: n,
  data: letter(),
  ...said,
});

export const aNoticeEvent = (n = 1, said: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...envelope(n),
  type: 'cn.jiexu.completion-notice.v1',
  sequence: n,
  data: { letterNumber: aLetterNumber(), completedOn: '2026-11-20', creditedFen: 0 },
  ...said,
});

export const aReceiptEvent = (n = 1, said: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...envelope(n),
  type: 'cn.jiexu.receipt.v1',
  data: { messageId: uuid(1), kind: 'delivered', at: '2026-11-20T01:00:00.000Z' },
  ...said,
});

/** Parsed message of sealed bytes, as the cases get it. */
export const businessMessage = (body: string): BusinessMessage => BusinessMessage.parse(JSON.parse(body));
export const receiptMessage = (body: string): ReceiptMessage => ReceiptMessage.parse(JSON.parse(body));
