import * as z from 'zod';
import type { CalendarYear } from '../../schemas/directory.ts';
import { line, RegionCode } from '../../schemas/primitives.ts';
import type { Clock } from '../platform/clock.ts';
import { findingsOf, Refusal } from '../platform/errors.ts';
import { describeError, type Log } from '../platform/log.ts';
import { connectRegion } from './changes.ts';
import type { CloudFormationAnswer } from './cloudformation.ts';
import type { DirectoryStore } from './store.ts';

/** The part of CloudFormation's event that is needed to answer it at all. */
const Envelope = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url({ protocol: /^https?$/ }),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
});

const HostedRegion = z.strictObject({ code: RegionCode, name: line(50), inboxUrl: z.url(), signingKeyId: line(128) });
type HostedRegion = z.infer<typeof HostedRegion>;

const Properties = z.object({ ResourceProperties: z.object({ Regions: z.array(HostedRegion) }) });

export type RegisterDeps = {
  store: Pick<DirectoryStore, 'getRegion' | 'putRegion' | 'getCalendarYears' | 'putCalendarYear'>;
  /** SPKI public key of a KMS key in base64. */
  publicKey: (keyId: string) => Promise<string>;
  seedYears: () => CalendarYear[];
  answer: (url: string, answer: CloudFormationAnswer) => Promise<void>;
  clock: Clock;
  log: Log;
};

/** Another id would make CloudFormation delete what it believes to be the old resource. */
const PHYSICAL_ID = 'jiexu-directory-regions';
const STEP = 'deployment';
const ATTEMPTS = 3;

/**
 * Custom resource: enters the inboxes and public keys of hosted regions in the directory, and the calendar years it lacks. Repeating it
 * changes nothing. Deleting leaves the directory as it is: other regions' open cases still name these.
 * Whatever goes wrong is answered as FAILED, since an unanswered event holds the deployment up until it times out.
 */
export async function register(deps: RegisterDeps, event: unknown): Promise<void> {
  const { RequestType, ResponseURL, PhysicalResourceId = PHYSICAL_ID, StackId, RequestId, LogicalResourceId } = Envelope.parse(event);
  const outcome = RequestType === 'Delete' ? SUCCESS : await attempt(deps, event);
  await deps.answer(ResponseURL, { ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
}

const SUCCESS = { Status: 'SUCCESS' } as const;

async function attempt(deps: RegisterDeps, event: unknown): Promise<Pick<CloudFormationAnswer, 'Status' | 'Reason'>> {
  const { log } = deps;
  try {
    const { Regions } = Properties.parse(event).ResourceProperties;
    await seedCalendar(deps);
    for (const region of Regions) await registerRegion(deps, region);
    log.info('directory.registered', { count: Regions.length });
    return SUCCESS;
  } catch (error) {
    log.error('directory.register-failed', describeError(error));
    return { Status: 'FAILED', Reason: reasonOf(error) };
  }
}

async function registerRegion({ store, publicKey, clock, log }: RegisterDeps, region: HostedRegion): Promise<void> {
  const connection = { ...region, keyId: region.signingKeyId, publicKey: await publicKey(region.signingKeyId) };
  await whileOvertaken(async () => {
    const current = await store.getRegion(region.code);
    const next = connectRegion(current, connection, { at: clock.now(), by: STEP, reason: '部署登记收件队列和签名密钥' });
    if (next === undefined) return;
    await store.putRegion(next);
    log.info('directory.changed', { region: next.code, version: next.version });
  });
}

/** Several inbox stacks deploy at the same time and each seeds; a year that another put first needs no more than a second look. */
async function seedCalendar({ store, seedYears }: RegisterDeps): Promise<void> {
  await whileOvertaken(async () => {
    const present = new Set((await store.getCalendarYears()).map(({ year }) => year));
    let overtaken: Refusal | undefined;
    for (const record of seedYears()) {
      if (present.has(record.year)) continue;
      try {
        await store.putCalendarYear(record);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        overtaken = error;
      }
    }
    if (overtaken !== undefined) throw overtaken;
  });
}

const isOvertaken = (error: unknown): error is Refusal => error instanceof Refusal && error.code === 'directory.changed';

/** Repeats a change that somebody else overtook, each time from what is there then. */
async function whileOvertaken(change: () => Promise<void>): Promise<void> {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      return await change();
    } catch (error) {
      if (left <= 1 || !isOvertaken(error)) throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return findingsOf(error)
      .map(({ field, reason }) => `${field}: ${reason}`)
      .join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}
