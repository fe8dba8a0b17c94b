import { createHash, timingSafeEqual } from 'node:crypto';
import { normaliseIdNumber } from '../../schemas/person.ts';
import { Progress, ProgressQuery } from '../../schemas/progress.ts';
import type { Directory } from '../directory/reader.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { PublicRouteHandler } from '../platform/http.ts';
import { progressOf } from './progress.ts';
import type { ProgressStore } from './progress-store.ts';
import type { CaseDeps } from './request.ts';
import type { CaseStore } from './store.ts';

export type ProgressDeps = Pick<CaseDeps, 'clock' | 'log'> & {
  store: Pick<CaseStore, 'readCase'>;
  directory: Pick<Directory, 'region'>;
  attempts: ProgressStore;
};

/** One answer to every wrong guess: which of the three was wrong, nobody learns. */
const notFound = () =>
  new Refusal('progress.not-found', [
    finding('', 'unknown', '业务编号、证件号码和统筹地区不相符 (number, ID and region do not belong together)'),
  ]);

const tooMany = () => new Refusal('progress.too-many', [finding('caseNumber', 'too_many', '一小时后可再次查询 (ask again in an hour)')]);

const digestOf = (idNumber: string): Buffer => createHash('sha256').update(normaliseIdNumber(idNumber)).digest();

/** Compares in constant time, also with nobody. */
const isSameId = (known: string | undefined, said: string): boolean => timingSafeEqual(digestOf(known ?? ''), digestOf(said));

/**
 * Progress query of the person (B19): no token, but number of the case and ID. Every question is counted before anything is looked up; a
 * region that the directory does not know has no counter.
 */
export const progressHandler =
  ({ store, directory, attempts, clock, log }: ProgressDeps): PublicRouteHandler =>
  async ({ body }) => {
    const { caseNumber, idNumber, region } = parseOrRefuse(ProgressQuery, body, 'request.invalid');
    if (!(await directory.region(region))) throw notFound();
    if (!(await attempts.count(region, caseNumber, clock.now()))) throw tooMany();
    const state = await store.readCase(region, caseNumber);
    if (!isSameId(state?.person.idNumber, idNumber) || !state) throw notFound();
    log.info('record.viewed', { caseNumber, region, office: state.office, role: 'person' });
    return { status: 200, body: Progress.parse(progressOf(state)) };
  };
