import { createHash, timingSafeEqual } from 'node:crypto';
import type { VerificationCode, VoucherCheck, VoucherCheckResult, VoucherRow } from '../../schemas/vouchers.ts';
import { hashOf } from '../platform/canonical.ts';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, also with what is not there. */
const isSame = (known: string | undefined, said: string): boolean => timingSafeEqual(digestOf(known ?? ''), digestOf(said));

/**
 * What a copy is that somebody holds (A5): an earlier one is superseded, never forged (A3); whatever does not fit, the answer is the same.
 * @param code as `readCode` read it
 */
export function verdictOn(
  row: VoucherRow | undefined,
  { serial, document }: Pick<VoucherCheck, 'serial' | 'document'>,
  code: VerificationCode,
): VoucherCheckResult['result'] {
  const copy = row?.copies[serial];
  const isOfCopy = isSame(copy?.code, code);
  const isOfVoucher = document === undefined || isSame(row?.contentHash, hashOf(document));
  if (!row || !isOfCopy || !isOfVoucher) return 'unknown';
  return serial === row.copies.length - 1 ? 'genuine' : 'superseded';
}
