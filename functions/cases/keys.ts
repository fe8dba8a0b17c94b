import type { AlertLevel } from '../../schemas/clocks.ts';
import type { Scheme } from '../../schemas/codes.ts';
import type {
  ApplicationNumber,
  CalendarDate,
  CaseNumber,
  IdempotencyKey,
  Instant,
  MessageId,
  OfficeCode,
  PersonHash,
  RegionCode,
  Sha256,
} from '../../schemas/primitives.ts';
import type { ClockName } from '../../schemas/procedures.ts';

/** Keys of the Exchange table. Made here only; none holds personal data. */
export type Key = { PK: string; SK: string };

const six = (n: number) => String(n).padStart(6, '0');

export const casePartition = (region: RegionCode, caseNumber: CaseNumber) => `R#${region}#C#${caseNumber}`;
export const quarantinePartition = (region: RegionCode) => `R#${region}#Q`;

export const TIMELINE_PREFIX = 'T#';
export const MESSAGE_PREFIX = 'M#';

const inCase = (sortKey: string) => (region: RegionCode, caseNumber: CaseNumber) => ({
  PK: casePartition(region, caseNumber),
  SK: sortKey,
});

export const caseKey = inCase('CASE');
export const timelineKey = (region: RegionCode, caseNumber: CaseNumber, n: number): Key =>
  inCase(`${TIMELINE_PREFIX}${six(n)}`)(region, caseNumber);
export const messageKey = (region: RegionCode, caseNumber: CaseNumber, id: MessageId): Key =>
  inCase(`${MESSAGE_PREFIX}${id}`)(region, caseNumber);
export const parkedKey = (region: RegionCode, caseNumber: CaseNumber, sender: RegionCode, sequence: number): Key =>
  inCase(`P#${sender}#${six(sequence)}`)(region, caseNumber);
/** A clock that runs again, for another owner, has a row and alerts of its own (B6). */
const runOf = (clock: ClockName, run: number | undefined): string => (run === undefined ? clock : `${clock}#${run}`);
export const clockKey = (region: RegionCode, caseNumber: CaseNumber, clock: ClockName, run?: number): Key =>
  inCase(`K#${runOf(clock, run)}`)(region, caseNumber);
export const alertKey = (region: RegionCode, caseNumber: CaseNumber, clock: ClockName, level: AlertLevel, run?: number): Key =>
  inCase(`A#${runOf(clock, run)}#${level}`)(region, caseNumber);
export const gapAlertKey = (region: RegionCode, caseNumber: CaseNumber, id: MessageId): Key => inCase(`A#gap#${id}`)(region, caseNumber);

export const quarantineKey = (region: RegionCode, receivedAt: Instant, id: string): Key => ({
  PK: quarantinePartition(region),
  SK: `${receivedAt}#${id}`,
});

/** Finds the one quarantine row of a body. */
export const quarantinePointerKey = (region: RegionCode, bodyHash: Sha256): Key => ({ PK: `R#${region}#H#${bodyHash}`, SK: 'H' });

/** At most one open case per person, scheme and former region (A10). */
export const openCaseKey = (region: RegionCode, person: PersonHash, scheme: Scheme, formerRegion: RegionCode): Key => ({
  PK: `R#${region}#L#${person}#${scheme}#${formerRegion}`,
  SK: 'L',
});

export const idempotencyKey = (region: RegionCode, office: OfficeCode, key: IdempotencyKey): Key => ({
  PK: `R#${region}#I#${office}#${key}`,
  SK: 'I',
});

/** An application for several former regions (B23). */
export const applicationKey = (region: RegionCode, application: ApplicationNumber): Key => ({
  PK: `R#${region}#G#${application}`,
  SK: 'G',
});

/** Counter behind case and letter numbers: one row per region or office and day. */
export const counterKey = (region: RegionCode, scope: RegionCode | OfficeCode, date: CalendarDate): Key => ({
  PK: `R#${region}#N#${scope}#${date}`,
  SK: 'N',
});

/** Counts what persons ask a region about their cases: a fixed number of rows, however many numbers somebody invents. */
export const attemptsKey = (region: RegionCode, bucket: number): Key => ({ PK: `R#${region}#W#${bucket}`, SK: 'W' });
