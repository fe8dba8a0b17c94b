import * as z from 'zod';
import { RegionCode } from '../../schemas/primitives.ts';
import type { Clock } from '../platform/clock.ts';
import { finding, parseOrRefuse, Refusal, refuse } from '../platform/errors.ts';
import { expectedVersionIn, type HttpAnswer, type HttpRequest } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Stamp } from './changes.ts';

/** What stating any record of the directory needs beside its store. */
export type StatementDeps = { clock: Clock; log: Log };

export const regionIn = ({ params }: HttpRequest): RegionCode =>
  parseOrRefuse(z.object({ region: RegionCode }), params, 'request.invalid').region;

export const regionNotFound = (): Refusal =>
  new Refusal('directory.region-not-found', [finding('region', 'unknown', '目录中没有该统筹地区 (no such region)')]);

export const stampOf = ({ clock }: StatementDeps, { caller }: HttpRequest, { reason }: { reason: string }): Stamp => ({
  at: clock.now(),
  by: caller.sub,
  reason,
});

/**
 * Answers 201 for the first version and 200 for any other; content that is there already (`next` undefined) makes no version, also when
 * `If-Match` names an older one, so that an answer lost on the way can be asked for again.
 */
export async function answerPut<R extends { version: number }>(
  request: HttpRequest,
  current: R | undefined,
  next: R | undefined,
  shown: (record: unknown) => R,
  put: (record: R) => Promise<void>,
): Promise<HttpAnswer> {
  const expected = expectedVersionIn(request);
  if (next === undefined) return { status: 200, body: shown(current) };
  const version = current?.version ?? 0;
  if (expected !== undefined && expected !== version) {
    refuse('directory.stale-version', finding('If-Match', 'stale', `当前版本为 ${version} (the version is ${version})`));
  }
  await put(next);
  return { status: current === undefined ? 201 : 200, body: shown(next) };
}
