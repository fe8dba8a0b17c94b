import type { TransferCase } from '../../schemas/cases.ts';
import type { Office } from '../../schemas/directory.ts';
import type { LetterNumber, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { chinaDate } from '../calendar/china-time.ts';
import type { Directory } from '../directory/reader.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Command, Context } from './commands.ts';
import { assertAllowed } from './decide.ts';
import { letterNumberOf } from './numbers.ts';
import type { CaseDeps, CommandRequest } from './request.ts';

/** Gathers what a decision looks at: directory records and calendars (cached), and a document number when the command makes a document. */
export async function contextFor(deps: CaseDeps, request: CommandRequest, state: TransferCase | undefined): Promise<Context> {
  // No number is drawn for a document that the state does not allow.
  assertAllowed(state, request.command, request.actor);
  const { directory, clock, ids } = deps;
  const now = clock.now();
  const counterpartCode = state?.counterpart ?? counterpartIn(request.command);
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
    calendars: new Map(
      await Promise.all(
        [request.region, counterpartCode ?? request.region].map(async (code) => [code, await directory.calendar(code)] as const),
      ),
    ),
    documentNumber: await documentNumber(deps, request),
    messageId: ids.messageId(),
  };
}

function counterpartIn(command: Command): RegionCode | undefined {
  if (command.name === 'open') return command.application.formerRegion;
  return command.name === 'receive-letter' ? command.letter.from.region : undefined;
}

/** The caller's office; for an arriving letter the one it names, if that is ours, else the region's main office. */
async function officeFor(directory: Directory, { actor, command, region }: CommandRequest, state: TransferCase | undefined) {
  if (actor.kind === 'caller') return directory.office(actor.office);
  if (state || command.name !== 'receive-letter') return undefined;
  return officeIn(directory, region, command.letter.to.office);
}

/** A letter goes to the office that issued the voucher, if the directory has it in that region, else to the region's main office. */
async function counterpartOffice(directory: Directory, command: Command, state: TransferCase | undefined) {
  const application = command.name === 'open' ? command.application : command.name === 'send-letter' && applicationOf(state);
  return application ? officeIn(directory, application.formerRegion, application.voucher.issuer.office) : undefined;
}

const applicationOf = (state: TransferCase | undefined) => (state?.side === 'transferIn' ? state.application : undefined);

async function officeIn(directory: Directory, region: RegionCode, wanted: OfficeCode): Promise<Office | undefined> {
  const named = await directory.office(wanted);
  if (named?.region === region) return named;
  const mainOffice = (await directory.region(region))?.mainOffice;
  const main = mainOffice && (await directory.office(mainOffice));
  return main?.region === region ? main : undefined;
}

async function documentNumber({ store, clock }: CaseDeps, { actor, command, region }: CommandRequest): Promise<LetterNumber | undefined> {
  if (actor.kind !== 'caller' || (command.name !== 'send-letter' && command.name !== 'send-table')) return undefined;
  const date = chinaDate(clock.now());
  return letterNumberOf(actor.office, date, await store.nextSequence(region, actor.office, date));
}
