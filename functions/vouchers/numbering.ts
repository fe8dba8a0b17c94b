import type { RegionCode, VoucherId } from '../../schemas/primitives.ts';
import type { VoucherRegisterView } from '../../schemas/vouchers.ts';
import { untilSettled } from '../cases/execute.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { numberIn, voucherIdOf } from './number.ts';
import type { HeldNumber, NumberStore } from './number-store.ts';

export type NumberingDeps = { numbers: NumberStore; clock: Clock; log: Log };

/** Why a number carries no voucher, as the register says it. */
const VOID_REASONS = {
  repeated: '同一请求已以另一号开具 (the same request got its voucher under another number)',
  'issued-already': '此次中止参保同时已以另一号开具 (another request got a voucher for the same suspension at the same time)',
  'key-reused': '请求的幂等键已用于另一内容 (the key of the request was used for something else)',
  abandoned: '取号后一日内未开具 (no voucher within a day of taking the number)',
} as const;
export type VoidReason = keyof typeof VOID_REASONS;

/** Makes a number void; nothing where it has become a voucher meanwhile, or is void. */
export async function makeVoid({ numbers, clock, log }: NumberingDeps, voucherId: VoucherId, reason: VoidReason): Promise<void> {
  const isNew = await untilSettled(() => numbers.makeVoid(voucherId, VOID_REASONS[reason], clock.now()));
  if (isNew) log.warn('voucher.number-void', { voucherId, code: reason });
}

/** Nobody asks again under a key of yesterday. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/**
 * Ends what was held for over a day, by requests that crashed and were never repeated: the counter row stays small, the register tells all.
 * @param most so many at once; what somebody else is ending right now is left to him
 */
export async function endAbandoned(
  { numbers, clock, log }: NumberingDeps,
  region: RegionCode,
  year: string,
  held: readonly HeldNumber[],
  most: number,
): Promise<void> {
  const since = Date.parse(clock.now()) - ABANDONED_AFTER_MS;
  const abandoned = held.filter(({ takenAt }) => Date.parse(takenAt) < since).slice(0, most);
  for (const { holder, number } of abandoned) {
    const voucherId = voucherIdOf(region, year, number);
    const isNew = await numbers.makeVoid(voucherId, VOID_REASONS.abandoned, clock.now());
    if (isNew) log.warn('voucher.number-void', { voucherId, code: 'abandoned' });
    if (isNew !== undefined) await numbers.letGo(region, year, holder, number);
  }
}

const MOST_ENDED = 100;

/**
 * 编号登记簿: what became of every number of a region and year. A number is held from the write that takes it until it is a voucher or void, so
 * what is neither held nor void was issued, and the vouchers need not be read to count them.
 */
export async function registerOf(deps: NumberingDeps, region: RegionCode, year: string): Promise<VoucherRegisterView> {
  const { numbers } = deps;
  await endAbandoned(deps, region, year, (await numbers.read(region, year)).held, MOST_ENDED);
  const { lastNumber, held } = await numbers.read(region, year);
  const unsettled = await numbers.unsettled(
    region,
    year,
    held.map(({ number }) => number),
  );
  // Read last: what was held and has become void meanwhile is counted here, and what was taken meanwhile is left for the next look.
  const voidRows = (await numbers.voidNumbers(region, year)).map((row) => ({ ...row, number: numberIn(row.voucherId) }));
  const known = voidRows.filter(({ number }) => number <= lastNumber);
  const pending = held.filter(({ number }) => unsettled.has(number) && !known.some((row) => row.number === number));
  return {
    region,
    year: Number(year),
    lastNumber,
    issued: lastNumber - known.length - pending.length,
    void: known.map(({ number, reason, voidedAt }) => ({ number, reason, voidedAt })),
    pending: pending.map(({ number, takenAt }) => ({ number, takenAt })).sort((a, b) => a.number - b.number),
  };
}
