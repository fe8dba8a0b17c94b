import { RegionCode, type VoucherId } from '../../schemas/primitives.ts';
import { VoucherCheck, VoucherCheckResult } from '../../schemas/vouchers.ts';
import type { AttemptStore } from '../cases/progress-store.ts';
import type { Directory } from '../directory/reader.ts';
import type { Clock } from '../platform/clock.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { HttpAnswer, PublicRouteHandler } from '../platform/http.ts';
import { verdictOn } from './check.ts';
import { readCode } from './code.ts';
import type { VoucherStore } from './voucher-store.ts';

export type CheckDeps = {
  vouchers: Pick<VoucherStore, 'read'>;
  checks: AttemptStore<VoucherId>;
  directory: Pick<Directory, 'region'>;
  clock: Clock;
};

/**
 * Check of a voucher by anybody who holds it (A5): no token, but number, serial and code as printed. A check is counted before anything is
 * looked up. What can be no code asks for nothing and a region that the directory does not know has no vouchers, so neither is counted.
 */
export const checkHandler =
  ({ vouchers, checks, directory, clock }: CheckDeps): PublicRouteHandler =>
  async ({ body }) => {
    const said = parseOrRefuse(VoucherCheck, body, 'request.invalid');
    const { voucherId } = said;
    const code = readCode(said.code);
    const region = RegionCode.parse(voucherId.slice(0, 6));
    if (!code || !(await directory.region(region))) return answer('unknown');
    if (!(await checks.count(region, voucherId, clock.now()))) throw tooMany();
    return answer(verdictOn(await vouchers.read(voucherId), said, code));
  };

const answer = (result: VoucherCheckResult['result']): HttpAnswer => ({ status: 200, body: VoucherCheckResult.parse({ result }) });

const tooMany = () =>
  new Refusal('voucher.too-many-checks', [finding('voucherId', 'too_many', '一小时后可再次核验 (check again in an hour)')]);
