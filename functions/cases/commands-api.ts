import { BEGINNING_PATHS, type Caller } from '../../schemas/api.ts';
import { CaseNumber, IdempotencyKey, type Instant, type RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CommandAnswer } from '../../schemas/rows.ts';
import { chinaDate, startOfChinaDay } from '../calendar/china-time.ts';
import type { Directory } from '../directory/reader.ts';
import { hashOf } from '../platform/canonical.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { expectedVersionIn, type HttpAnswer, type HttpRequest, type RouteHandler } from '../platform/http.ts';
import { commandFrom } from './command-body.ts';
import type { Command } from './commands.ts';
import { execute, sameAnswer, untilSettled } from './execute.ts';
import { caseNumberOf } from './numbers.ts';
import { caseNotFound, officeOfCallerUnknown } from './refusals.ts';
import type { CaseDeps, CommandRequest } from './request.ts';

/** Region of the caller: the one his office belongs to in the directory, whatever the token may say. */
export async function regionOfCaller(
  { directory }: { directory: Pick<Directory, 'office'> },
  { caller }: HttpRequest,
): Promise<RegionCode> {
  const office = await directory.office(caller.office);
  if (!office) throw officeOfCallerUnknown();
  return office.region;
}

export const caseNumberIn = ({ params }: HttpRequest): CaseNumber => {
  const parsed = CaseNumber.safeParse(params.caseNumber);
  if (!parsed.success) throw caseNotFound();
  return parsed.data;
};

/** A clerk command, wherever it was handed in: over HTTP, or as a line of a file (E11). */
export type Submission = {
  name: ClerkCommandName;
  /** As it was typed; a command that begins a case gets its number here. */
  caseNumber: CaseNumber | undefined;
  body: unknown;
  caller: Caller;
  region: RegionCode;
  key: IdempotencyKey;
  expectedVersion?: number | undefined;
};

/** Runs a clerk command once, however often it is submitted under its key (E1). Throws a Refusal that names every field that is wrong. */
export async function submit(
  deps: CaseDeps,
  { name, caseNumber, body, caller, region, key, expectedVersion }: Submission,
): Promise<CommandAnswer> {
  const command = await commandFrom(deps, name, body, region);
  const bodyHash = hashOf({ name, caseNumber: caseNumber ?? null, body });
  const request: CommandRequest = {
    region,
    caseNumber: begins(name) ? await newCaseNumber(deps, region) : (caseNumber ?? noCaseNumber()),
    command,
    actor: { kind: 'caller', subject: caller.sub, office: caller.office, role: caller.role },
    occurredAt: happenedAt(command, deps.clock.now()),
    causationId: key,
    expectedVersion,
    idempotency: { office: caller.office, key, bodyHash },
  };
  return CommandAnswer.parse(await answerOnce(deps, request, key));
}

function noCaseNumber(): never {
  throw caseNotFound();
}

/** A clerk command over HTTP: 201 for a new case, 200 otherwise, and only for what is stored. */
export const commandHandler =
  (deps: CaseDeps, name: ClerkCommandName): RouteHandler =>
  async (http) => {
    const { caller, body } = http;
    const answer = await submit(deps, {
      name,
      caseNumber: begins(name) ? undefined : caseNumberIn(http),
      body,
      caller,
      region: await regionOfCaller(deps, http),
      key: idempotencyKeyIn(http),
      expectedVersion: expectedVersionIn(http),
    });
    return { status: begins(name) ? 201 : 200, body: answer } satisfies HttpAnswer;
  };

export const begins = (name: ClerkCommandName): boolean => BEGINNING_PATHS.has(name);

/** Money came on the bank's value date (S94 7), whenever a clerk confirms it; all else happens when it is said. */
export const happenedAt = (command: Command, now: Instant): Instant =>
  command.name === 'confirm-money' ? startOfChinaDay(command.money.valueDate) : now;

/**
 * The same key and body give the same answer (E1). A repeated command meets a case that has moved on and would be refused, so the key is
 * looked up then; a first command never pays for that look.
 */
async function answerOnce(deps: CaseDeps, request: CommandRequest, key: IdempotencyKey): Promise<CommandAnswer> {
  try {
    const result = await untilSettled(async () => {
      const state = 'personHash' in request.command ? undefined : await deps.store.readCase(request.region, request.caseNumber);
      return execute(deps, request, state);
    });
    if (result.kind === 'done') return result.answer;
    throw new Error('a clerk command handles no message');
  } catch (error) {
    const stored =
      error instanceof Refusal &&
      request.idempotency &&
      (await deps.store.readIdempotency(request.region, request.idempotency.office, key));
    if (!stored) throw error;
    return sameAnswer(request.idempotency?.bodyHash, stored);
  }
}

async function newCaseNumber({ store, clock }: CaseDeps, region: RegionCode): Promise<CaseNumber> {
  const date = chinaDate(clock.now());
  return caseNumberOf(region, date, await store.nextSequence(region, region, date));
}

export function idempotencyKeyIn({ headers }: HttpRequest): IdempotencyKey {
  const header = headers['idempotency-key'];
  if (!header) throw new Refusal('request.no-idempotency-key', [finding('Idempotency-Key', 'missing', '缺少幂等键 (missing)')]);
  const parsed = IdempotencyKey.safeParse(header);
  if (!parsed.success) throw new Refusal('request.invalid', [finding('Idempotency-Key', 'invalid', '幂等键须为 UUID (must be a UUID)')]);
  return parsed.data;
}
