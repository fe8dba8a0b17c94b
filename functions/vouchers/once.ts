import type { Region } from '../../schemas/directory.ts';
import type { VoucherId } from '../../schemas/primitives.ts';
import type { VoucherRow } from '../../schemas/vouchers.ts';
import { untilSettled } from '../cases/execute.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { numbered } from './issue.ts';
import { LAST_NUMBER, voucherIdOf, yearOf } from './number.ts';
import { endAbandoned, makeVoid, type NumberingDeps } from './numbering.ts';
import { type Issue, noticeRows, reissued, voucherRow, whenLast } from './rows.ts';
import type { KeyAnswer, KeyUse, VoucherStore } from './voucher-store.ts';

/** Issuing and re-issuing, each once however often it is asked for under its key (E1). */

export type OnceDeps = NumberingDeps & { vouchers: VoucherStore };

/** What the same request was answered with before; undefined when its key is new. Throws Refusal('request.key-reused'). */
export async function answeredBefore({ vouchers }: Pick<OnceDeps, 'vouchers'>, use: KeyUse): Promise<VoucherRow | undefined> {
  const used = await vouchers.readKey(use);
  return used && answerAgain(vouchers, use, used.answer);
}

async function answerAgain(vouchers: VoucherStore, { bodyHash }: KeyUse, answer: KeyAnswer): Promise<VoucherRow> {
  if (answer?.bodyHash !== bodyHash) {
    throw new Refusal('request.key-reused', [finding('Idempotency-Key', 'reused', '请换用新的幂等键 (use a new key)')]);
  }
  const row = await vouchers.read(answer.voucherId);
  if (!row) throw new Error('a key was answered with a voucher that is not there');
  return whenLast(row, answer.serial);
}

/**
 * Issues a voucher under the next number (A1), for a request that `answeredBefore` did not know and the rules allow. Once a number is taken,
 * nothing stands in its way but a fault or a request of the same instant for the same suspension. After a fault the number stays held, and the
 * request asks for the same one again. Throws Refusal('voucher.not-issuable') when the suspension has its voucher: an original is issued once (A3).
 */
export async function issueOnce(deps: OnceDeps, use: KeyUse, region: Region, issue: Issue): Promise<VoucherRow> {
  const { voucher, suspendedOn } = issue.draft;
  const original = await deps.vouchers.originalFor({ ...issue, scheme: voucher.scheme, suspendedOn });
  if (original) return answerOrRefuse(deps, use, original);
  return untilSettled(() => issueUnderNextNumber(deps, use, region, issue));
}

/** A twin of this request may have issued the original since the key was looked at. */
async function answerOrRefuse(deps: OnceDeps, use: KeyUse, original: VoucherId): Promise<VoucherRow> {
  const answered = await answeredBefore(deps, use);
  if (answered) return answered;
  const reason = `此次中止参保已开具凭证 ${original}，遗失请补办 (voucher ${original} was issued for this suspension: issue it again if it is lost)`;
  throw new Refusal('voucher.not-issuable', [finding('suspendedOn', 'issued_already', reason)]);
}

/** Undefined when the number was made void meanwhile, or a twin of this request is writing: ask again. */
async function issueUnderNextNumber(deps: OnceDeps, use: KeyUse, region: Region, issue: Issue): Promise<VoucherRow | undefined> {
  const { numbers, vouchers, log } = deps;
  const year = yearOf(issue.draft.voucher.issuedOn);
  const holder = `${use.office}#${use.key}`;
  const taken = await numbers.take(region.code, year, holder, issue.at);
  if (!taken) throw usedUp();
  const { number, held } = taken;
  const ofOthers = held.filter((other) => other.holder !== holder);
  await endAbandoned(deps, region.code, year, ofOthers, 1);
  const voucherId = voucherIdOf(region.code, year, number);
  const row = voucherRow(issue, voucherId, numbered(issue.draft, region, number));
  const result = await vouchers.create(use, row, noticeRows(issue, row));
  switch (result.kind) {
    case 'written':
      await numbers.letGo(region.code, year, holder, number);
      log.info('voucher.issued', { voucherId, region: region.code, office: issue.office, subject: issue.by });
      return row;
    case 'key-used':
      await endUnused(deps, use, voucherId, result.answer);
      await numbers.letGo(region.code, year, holder, number);
      return answerAgain(vouchers, use, result.answer);
    case 'issued-already':
      await makeVoid(deps, voucherId, 'issued-already');
      await numbers.letGo(region.code, year, holder, number);
      return answerOrRefuse(deps, use, result.original);
    case 'taken':
      // Held for over a day and made void for it.
      await numbers.letGo(region.code, year, holder, number);
      return undefined;
    case 'conflict':
      return undefined;
    default:
      return result satisfies never;
  }
}

/** A twin of this request, or another request under its key, was faster; its voucher may have this very number. */
async function endUnused(deps: OnceDeps, { bodyHash }: KeyUse, voucherId: VoucherId, answer: KeyAnswer): Promise<void> {
  if (answer?.voucherId === voucherId) return;
  await makeVoid(deps, voucherId, answer?.bodyHash === bodyHash ? 'repeated' : 'key-reused');
}

const usedUp = () =>
  new Refusal('voucher.not-issuable', [
    finding('number', 'used_up', `本年度凭证号已用完（${LAST_NUMBER}号） (the numbers of this year are used up)`),
  ]);

/** One more copy of a voucher (A3): of two requests at once each gets a serial of its own, and only the later copy is genuine. */
export async function reissueOnce(
  { vouchers, log }: OnceDeps,
  use: KeyUse,
  id: VoucherId,
  copy: Parameters<typeof reissued>[1],
): Promise<VoucherRow> {
  return untilSettled(async () => {
    const before = await vouchers.read(id);
    if (!before) throw voucherNotFound();
    const row = reissued(before, copy);
    const result = await vouchers.addCopy(use, row);
    switch (result.kind) {
      case 'written':
        log.info('voucher.reissued', { voucherId: id, region: row.region, office: copy.office, subject: copy.by });
        return row;
      case 'key-used':
        return answerAgain(vouchers, use, result.answer);
      case 'taken':
      case 'conflict':
        return undefined;
      default:
        return result satisfies never;
    }
  });
}

export const voucherNotFound = (): Refusal =>
  new Refusal('voucher.not-found', [finding('voucherId', 'unknown', '本地区没有该编号的凭证 (the region has no voucher of this number)')]);
