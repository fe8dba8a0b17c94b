import type { ApplicationRow } from '../../schemas/applications.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { UnsignedMessage } from '../../schemas/messages.ts';
import { sourceOf } from '../../schemas/messages.ts';
import type { CaseNumber, Instant, Sha256 } from '../../schemas/primitives.ts';
import type { CommandAnswer, SentMessageRow } from '../../schemas/rows.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { type Pause, shortPause } from '../platform/pause.ts';
import { sealMessage } from '../platform/signature.ts';
import type { Change, CommitResult } from './change.ts';
import type { Decision } from './commands.ts';
import { contextFor } from './context.ts';
import { decide } from './decide.ts';
import { messageKey } from './keys.ts';
import { transitionOf } from './procedures/index.ts';
import type { CaseDeps, CommandRequest } from './request.ts';
import { pendingFrom } from './rows.ts';
import { applyEntry, nextEntry } from './timeline.ts';

export type ExecuteResult = { kind: 'done'; answer: CommandAnswer } | { kind: 'handled-before' };

const TRIES = 4;

/** Runs `attempt` until it settles; undefined from it means that the case changed under it. Throws Refusal('case.busy') after four tries. */
export async function untilSettled<T>(attempt: () => Promise<T | undefined>, pause: Pause = shortPause): Promise<T> {
  for (let n = 1; n <= TRIES; n += 1) {
    const settled = await attempt();
    if (settled !== undefined) return settled;
    if (n < TRIES) await pause(n);
  }
  throw new Refusal('case.busy', [finding('caseNumber', 'busy', '该业务正在被同时办理，请稍后重试 (changed at the same time: try again)')]);
}

/**
 * Decides a command on the state just read and writes all it yields in one transaction. Undefined when somebody else changed the case
 * meanwhile: read again and decide again. Throws a Refusal when the rules do not allow it.
 */
export async function execute(
  deps: CaseDeps,
  request: CommandRequest,
  state: TransferCase | undefined,
): Promise<ExecuteResult | undefined> {
  const change = await prepare(deps, request, state);
  const result = await deps.store.commit(change);
  // Whose message it is, he is answered: the person's other case stands in the way (A10).
  if (result.kind === 'already-open' && request.actor.kind === 'message' && request.openElsewhere === undefined) {
    return execute(deps, { ...request, openElsewhere: result.caseNumber }, state);
  }
  if (result.kind === 'written') report(deps, request, change);
  return settle(request, change, result);
}

/** The decision as a change ready to be written: entry, new state, sealed messages. */
async function prepare(deps: CaseDeps, request: CommandRequest, state: TransferCase | undefined): Promise<Change> {
  assertVersion(request, state);
  const context = await contextFor(deps, request, state);
  const decision = decide(state, request.command, context);
  const recordedAt = deps.clock.now();
  const entry = nextEntry(state, {
    command: request.command.name,
    actor: request.actor,
    occurredAt: request.occurredAt,
    recordedAt,
    events: decision.events,
  });
  const after = applyEntry(state, entry);
  const { handled, unpark, resolve, delivered, bankLine, idempotency } = request;
  return {
    before: state,
    after,
    allowedFrom: (state && transitionOf(state.procedure, state.side, request.command.name, state.status)?.from) ?? [],
    entry,
    sent: await seal(deps, request, after, decision, recordedAt),
    ...(handled && {
      handled: {
        ...handled,
        ...messageKey(after.region, after.caseNumber, handled.messageId),
        ...pendingFrom(after.caseNumber, recordedAt),
      },
    }),
    ...(unpark && { unpark }),
    ...(resolve && { resolve }),
    ...(delivered && { delivered }),
    ...(bankLine && { bankLine }),
    ...(request.command.name === 'reject-money' && state && { freed: await deps.store.moneyRows(state) }),
    ...(idempotency && { idempotency: { ...idempotency, answer: answerOf({ after, entry }) } }),
  };
}

/** The version that the caller was looking at. Nobody learns the version of another office's case: `decide` refuses him. */
function assertVersion({ actor, expectedVersion }: CommandRequest, state: TransferCase | undefined): void {
  if (expectedVersion === undefined || !state || (actor.kind === 'caller' && actor.office !== state.office)) return;
  if (state.version === expectedVersion) return;
  const reason = `当前版本为 ${state.version} (the version is ${state.version})`;
  throw new Refusal('case.stale-version', [finding('If-Match', 'stale', reason)]);
}

/** Signs what the decision sends; these bytes are stored with the case and sent as they are, however often. */
function seal(
  deps: CaseDeps,
  request: CommandRequest,
  { region, caseNumber, procedure, sequences }: TransferCase,
  { messages }: Decision,
  now: Instant,
): Promise<SentMessageRow[]> {
  // Counted from the state after: a forwarded letter begins a new row of messages, to another region.
  const last = sequences.sent - messages.length;
  const seals = messages.map(async ({ answers, ...message }, i): Promise<SentMessageRow> => {
    const envelope: UnsignedMessage = {
      ...message,
      specversion: '1.0',
      source: sourceOf(region),
      subject: caseNumber,
      time: now,
      datacontenttype: 'application/json',
      causationid: answers ?? request.causationId,
      procedure,
      sequence: last + 1 + i,
    };
    return {
      ...messageKey(region, caseNumber, message.id),
      direction: 'sent',
      messageId: message.id,
      caseNumber,
      region,
      counterpart: message.recipient,
      type: message.type,
      body: await sealMessage(deps.signer, region, envelope),
      ...pendingFrom(caseNumber, now),
    };
  });
  return Promise.all(seals);
}

const LINE_TAKEN = finding('lineId', 'taken', '该笔到账已由他人处理，请刷新 (somebody else dealt with this line: look again)');
const LINE_LISTED = finding(
  'bankReference',
  'listed',
  '该笔到账已在银行对账单中，请在到账清单中匹配 (this money stands in a bank statement: match its line)',
);

const handTaken = (caseNumber: CaseNumber): Refusal =>
  new Refusal('money.wrong-state', [
    finding(
      'bankReference',
      'used',
      `该流水号已确认为业务 ${caseNumber} 的到账 (the money of this reference is that of case ${caseNumber})`,
    ),
  ]);

/** What a commit means for the caller; undefined means: read again and try again. */
function settle(request: CommandRequest, change: Change, result: CommitResult): ExecuteResult | undefined {
  switch (result.kind) {
    case 'written':
      return { kind: 'done', answer: answerOf(change) };
    case 'handled-before':
      return { kind: 'handled-before' };
    case 'key-used':
      return { kind: 'done', answer: sameAnswer(request.idempotency?.bodyHash, result) };
    case 'already-open': {
      const reason = `在办业务编号 ${result.caseNumber} (open case ${result.caseNumber})`;
      throw new Refusal('case.already-open', [finding('application.person', 'already_open', reason)]);
    }
    case 'parent-mismatch':
      throw parentRefused(result.application, change.after);
    case 'line-taken':
      throw new Refusal('money.wrong-state', [request.bankLine ? LINE_TAKEN : LINE_LISTED]);
    case 'hand-taken':
      // Its own: another clerk has just confirmed it, and what he reads now says so.
      if (result.caseNumber === change.after.caseNumber) return undefined;
      throw handTaken(result.caseNumber);
    case 'conflict':
    case 'place-taken':
      return undefined;
    default:
      return result satisfies never;
  }
}

/** Why the case does not fit the application that it names. */
function parentRefused(application: ApplicationRow | undefined, { personHash, counterpart }: TransferCase): Refusal {
  const refused = (code: string, reason: string) => new Refusal('application.mismatch', [finding('parent', code, reason)]);
  if (!application) {
    return new Refusal('application.not-found', [
      finding('parent', 'unknown', '本地区没有该编号的申请 (no such application in the region)'),
    ]);
  }
  if (application.personHash !== personHash) return refused('other_person', '该申请是另一参保人的 (the application is another person’s)');
  const child = application.children[counterpart];
  if (!child) return refused('region_not_named', '该申请未列此原参保地 (the application does not name this former region)');
  return refused('case_there', `该原参保地已有业务 ${child.caseNumber} (this former region has case ${child.caseNumber})`);
}

const answerOf = ({ after, entry }: Pick<Change, 'after' | 'entry'>): CommandAnswer => ({
  caseNumber: after.caseNumber,
  region: after.region,
  version: after.version,
  status: after.status,
  recordedAt: entry.recordedAt,
});

/** The answer given the first time (E1); another body under the same key is a mistake of the caller's. */
export function sameAnswer(bodyHash: Sha256 | undefined, stored: { bodyHash: Sha256; answer?: CommandAnswer | undefined }): CommandAnswer {
  if (stored.bodyHash !== bodyHash || !stored.answer)
    throw new Refusal('request.key-reused', [finding('Idempotency-Key', 'reused', '请换用新的幂等键 (use a new key)')]);
  return stored.answer;
}

function report({ log, metrics }: CaseDeps, request: CommandRequest, { after }: Change): void {
  const { caseNumber, region, version } = after;
  log.info('case.changed', { caseNumber, region, version, command: request.command.name });
  if (request.command.name === 'complete') metrics.count('CaseCompleted');
}
