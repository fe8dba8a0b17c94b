import { TimelineEntry, type TransferCase } from '../../schemas/cases.ts';
import type { Office } from '../../schemas/directory.ts';
import type { LetterNumber, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import type { CommandName } from '../../schemas/procedures.ts';
import { chinaDate } from '../calendar/china-time.ts';
import type { Directory } from '../directory/reader.ts';
import { rulesOn } from '../directory/rules.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Command, Context } from './commands.ts';
import { assertAllowed } from './decide.ts';
import { voucherOf } from './facts.ts';
import { letterNumberOf } from './numbers.ts';
import type { CaseDeps, CommandRequest } from './request.ts';

/** Gathers what a decision looks at: directory records and calendars (cached), and a document number when the command makes a document. */
export async function contextFor(deps: CaseDeps, request: CommandRequest, state: TransferCase | undefined): Promise<Context> {
  // No number is drawn for a document that the state does not allow.
  assertAllowed(state, request.command, request.actor);
  const { directory, clock, ids } = deps;
  const now = clock.now();
  const counterpartCode = state?.counterpart ?? counterpartIn(request);
  const [region, counterpart, office] = await Promise.all([
    directory.region(request.region),
    counterpartCode && directory.region(counterpartCode),
    officeFor(directory, request, state),
  ]);
  if (!region) {
    const reason = '目录中没有本统筹地区，请联系目录管理方 (the directory lacks your own region: tell its keeper)';
    throw new Refusal('directory.region-not-found', [finding('region', 'unknown', reason)]);
  }
  return {
    caseNumber: request.caseNumber,
    actor: request.actor,
    occurredAt: request.occurredAt,
    today: chinaDate(now),
    region,
    counterpart,
    office,
    counterpartOffice: await counterpartOffice(directory, request.command, state),
    ...(await forwardParts(directory, request.command)),
    calendars: new Map(
      await Promise.all(
        [request.region, counterpartCode ?? request.region].map(async (code) => [code, await directory.calendar(code)] as const),
      ),
    ),
    documentNumber: await documentNumber(deps, request, state),
    messageId: ids.messageId(),
    secondMessageId: ids.messageId(),
    thirdMessageId: ids.messageId(),
    regionalRules: await regionalRules(directory, request),
    confirmedBy: await confirmedBy(deps, request, state),
    openElsewhere: request.openElsewhere,
  };
}

/** The region at the other end of a case that begins. */
function counterpartIn({ command, actor }: CommandRequest): RegionCode | undefined {
  if (actor.kind === 'message') return actor.region;
  switch (command.name) {
    case 'open':
      return command.application.formerRegion;
    case 'request':
      return command.request.counterpart;
    case 'send-voucher':
      return command.newRegion;
    default:
      return undefined;
  }
}

/** The caller's office; for what begins a copy by message the office it names, if that is ours, else the region's main office. */
async function officeFor(directory: Directory, { actor, command, region }: CommandRequest, state: TransferCase | undefined) {
  if (actor.kind === 'caller') return directory.office(actor.office);
  if (state) return undefined;
  switch (command.name) {
    case 'receive-letter':
      return officeIn(directory, region, command.letter.to.office);
    case 'receive-request':
      return officeIn(directory, region, command.request.to.office);
    case 'receive-voucher':
      return officeIn(directory, region);
    default:
      return undefined;
  }
}

/** A letter goes to the office that issued the voucher, if the directory has it in that region, else to the region's main office, as all else. */
async function counterpartOffice(directory: Directory, command: Command, state: TransferCase | undefined) {
  switch (command.name) {
    case 'open':
      return officeIn(directory, command.application.formerRegion, command.application.voucher.issuer.office);
    case 'request':
      return officeIn(directory, command.request.counterpart);
    case 'send-voucher':
      return officeIn(directory, command.newRegion);
    case 'apply':
    case 'send-letter':
      return state?.side === 'transferIn' ? officeIn(directory, state.counterpart, voucherOf(state)?.issuer.office) : undefined;
    default:
      return undefined;
  }
}

async function forwardParts(directory: Directory, command: Command) {
  const code = command.name === 'forward' ? command.entry.region : command.name === 'receive-forwarded' ? command.notice.region : undefined;
  const [forwardTo, forwardOffice] = await Promise.all([code && directory.region(code), code && officeIn(directory, code)]);
  return { forwardTo, forwardOffice };
}

async function officeIn(directory: Directory, region: RegionCode, wanted?: OfficeCode): Promise<Office | undefined> {
  const named = wanted && (await directory.office(wanted));
  if (named?.region === region) return named;
  const mainOffice = (await directory.region(region))?.mainOffice;
  const main = mainOffice && (await directory.office(mainOffice));
  return main?.region === region ? main : undefined;
}

/** Rules by which benefits are assessed: those in force on the day of registration. */
async function regionalRules(directory: Directory, { command, region }: CommandRequest) {
  return command.name === 'assess-entitlement' ? rulesOn(await directory.rules(region), command.facts.registeredOn) : undefined;
}

/** A copy that an earlier release stored does not say who confirmed its money; its timeline does. Only such a case pays for the look. */
async function confirmedBy({ store }: CaseDeps, { command }: CommandRequest, state: TransferCase | undefined): Promise<string | undefined> {
  if (command.name !== 'credit' || state?.side !== 'transferIn' || !state.money || state.moneyFrom) return undefined;
  const entries = (await store.timeline(state.region, state.caseNumber)).flatMap((entry) => TimelineEntry.safeParse(entry).data ?? []);
  const confirmation = entries.findLast(({ events }) => events.some(({ type }) => type === 'money-received'));
  return confirmation && confirmation.actor.kind !== 'message' ? confirmation.actor.subject : undefined;
}

const NUMBERED: readonly CommandName[] = ['send-letter', 'send-table', 'approve-table'];

/** A corrected table keeps its number. */
async function documentNumber(
  { store, clock }: CaseDeps,
  { actor, command, region }: CommandRequest,
  state: TransferCase | undefined,
): Promise<LetterNumber | undefined> {
  if (actor.kind !== 'caller' || !NUMBERED.includes(command.name) || state?.table) return undefined;
  const date = chinaDate(clock.now());
  return letterNumberOf(actor.office, date, await store.nextSequence(region, actor.office, date));
}
