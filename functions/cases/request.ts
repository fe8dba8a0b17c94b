import type { Actor } from '../../schemas/cases.ts';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import type { HandledMessageRow } from '../../schemas/rows.ts';
import type { Directory } from '../directory/reader.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Signer } from '../platform/signature.ts';
import type { Change } from './change.ts';
import type { Command } from './commands.ts';
import type { Key } from './keys.ts';
import type { HashPerson } from './person-hash.ts';
import type { pendingFrom } from './rows.ts';
import type { CaseStore } from './store.ts';

/** What changing a case needs from outside. */
export type CaseDeps = {
  store: CaseStore;
  directory: Directory;
  signer: Signer;
  clock: Clock;
  ids: Ids;
  log: Log;
  metrics: Metrics;
  /** The person must be found without the ID number standing in a key. */
  personHash: HashPerson;
};

/** One command for one copy of a case, whoever gives it. */
export type CommandRequest = {
  region: RegionCode;
  caseNumber: CaseNumber;
  command: Command;
  actor: Actor;
  occurredAt: Instant;
  /** Id of the command or message that causes this: `causationid` of what is sent. */
  causationId: string;
  expectedVersion?: number | undefined;
  idempotency?: Pick<NonNullable<Change['idempotency']>, 'office' | 'key' | 'bodyHash'>;
  handled?: Omit<HandledMessageRow, keyof ReturnType<typeof pendingFrom> | 'PK' | 'SK'>;
  unpark?: Key | undefined;
  resolve?: Key | undefined;
  delivered?: NonNullable<Change['delivered']>;
  /** The line of a bank statement as it is once this command has matched it. */
  bankLine?: Change['bankLine'];
  /** The open case that has this person's place: found when the first try to write was refused for it (A10). */
  openElsewhere?: CaseNumber;
};
