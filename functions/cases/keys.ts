import type { AlertLevel } from '../../schemas/clocks.ts';
import type { Scheme } from '../../schemas/codes.ts';
import type { BankReference, StatementLine } from '../../schemas/money.ts';
import type { NoticeKind, NoticeRecipient } from '../../schemas/notices.ts';
import {
  type ApplicationNumber,
  type CalendarDate,
  type CaseNumber,
  type Fen,
  type IdempotencyKey,
  type ImportNumber,
  type Instant,
  type MessageId,
  type OfficeCode,
  type PersonHash,
  type RegionCode,
  RegionCode as RegionCodes,
  type Sha256,
  type VoucherId,
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

/** Copies of a person's cases in a region, found by the keyed hash (design: person index). */
export const personPartition = (region: RegionCode, person: PersonHash) => `R#${region}#D#${person}`;
export const PERSON_CASE_PREFIX = 'C#';
export const personCaseKey = (region: RegionCode, person: PersonHash, caseNumber: CaseNumber): Key => ({
  PK: personPartition(region, person),
  SK: `${PERSON_CASE_PREFIX}${caseNumber}`,
});
export const PERSON_APPLICATION_PREFIX = 'G#';
export const personApplicationKey = (region: RegionCode, person: PersonHash, application: ApplicationNumber): Key => ({
  PK: personPartition(region, person),
  SK: `${PERSON_APPLICATION_PREFIX}${application}`,
});
export const PERSON_CARD_PREFIX = 'I#';
/** Leads from the person to a card number that was merged with the ID number (B22). */
export const personCardKey = (region: RegionCode, person: PersonHash, card: PersonHash): Key => ({
  PK: personPartition(region, person),
  SK: `${PERSON_CARD_PREFIX}${card}`,
});

/** Says which ID number's person a card number belongs to (B22). */
export const identityKey = (region: RegionCode, card: PersonHash): Key => ({ PK: `R#${region}#P#${card}`, SK: 'P' });

/** Everything about one bank reference: the cases whose advice names it, and the lines of statements that do. */
export const referencePartition = (region: RegionCode, reference: BankReference) => `R#${region}#B#${reference}`;
export const adviceKey = (region: RegionCode, reference: BankReference): Key => ({
  PK: referencePartition(region, reference),
  SK: 'ADVICE',
});
/** The case that has the money of a reference by hand: no second one can. */
export const handMoneyKey = (region: RegionCode, reference: BankReference): Key => ({
  PK: referencePartition(region, reference),
  SK: 'HAND',
});
export const LINE_PREFIX = 'LINE#';
export const bankLineKey = (
  region: RegionCode,
  { bankReference, valueDate, amountFen }: Pick<StatementLine, 'bankReference' | 'valueDate' | 'amountFen'>,
): Key => ({
  PK: referencePartition(region, bankReference),
  SK: `${LINE_PREFIX}${valueDate}#${amountFen}`,
});

/** Queues in the index `workList` beside those of cases: advices by the amount awaited, open bank lines, notices to be given. */
export const awaitedQueue = (region: RegionCode, amountFen: Fen): string => `A#${region}#${amountFen}`;
export const bankLineQueue = (region: RegionCode): string => `M#${region}`;
export const noticeQueue = (office: OfficeCode): string => `N#${office}`;

const noticeSortKey = (kind: NoticeKind, to: NoticeRecipient) => `E#${kind}#${to}`;
export const caseNoticeKey = (region: RegionCode, caseNumber: CaseNumber, kind: NoticeKind, to: NoticeRecipient): Key =>
  inCase(noticeSortKey(kind, to))(region, caseNumber);

const voucherPartition = (region: RegionCode, year: string) => `R#${region}#V#${year}`;
/** Vouchers of a region and year in the order of their numbers. */
export const VOUCHER_PREFIX = 'V#';
export const voucherKey = (id: VoucherId): Key => {
  const [region = '', year = '', number = ''] = id.split('-');
  return { PK: voucherPartition(RegionCodes.parse(region), year), SK: `${VOUCHER_PREFIX}${number}` };
};
export const voucherNoticeKey = (id: VoucherId, kind: NoticeKind): Key => ({
  PK: voucherKey(id).PK,
  SK: `${noticeSortKey(kind, 'person')}#${id}`,
});
/** Leads to the one original voucher for a person's suspension in a scheme: whoever lost it is issued a further copy of it (A3). */
export const voucherOfKey = (region: RegionCode, person: PersonHash, scheme: Scheme, suspendedOn: CalendarDate): Key => ({
  PK: `R#${region}#VO#${person}#${scheme}#${suspendedOn}`,
  SK: 'VO',
});
/** Lists the void numbers of a region and year, so that the register need not read the vouchers between them. */
export const VOID_NUMBER_PREFIX = 'X#';
export const voidNumberKey = (id: VoucherId): Key => ({
  PK: voucherKey(id).PK,
  SK: `${VOID_NUMBER_PREFIX}${id.slice(-6)}`,
});
/** Counter behind the numbers of a region and year; it also holds numbers taken by requests that have not ended. */
export const voucherCounterKey = (region: RegionCode, year: string): Key => ({ PK: voucherPartition(region, year), SK: 'N' });

export const importKey = (region: RegionCode, number: ImportNumber): Key => ({ PK: `R#${region}#U#${number}`, SK: 'U' });
export const importHashKey = (region: RegionCode, hash: Sha256): Key => ({ PK: `R#${region}#UH#${hash}`, SK: 'UH' });

/** Counter behind case and letter numbers: one row per region or office and day. */
export const counterKey = (region: RegionCode, scope: RegionCode | OfficeCode, date: CalendarDate): Key => ({
  PK: `R#${region}#N#${scope}#${date}`,
  SK: 'N',
});

/** Counts what persons ask a region about their cases: a fixed number of rows, however many numbers somebody invents. */
export const attemptsKey = (region: RegionCode, bucket: number): Key => ({ PK: `R#${region}#W#${bucket}`, SK: 'W' });
/** The same for checks of a region's vouchers. */
export const voucherChecksKey = (region: RegionCode, bucket: number): Key => ({ PK: `R#${region}#W#${bucket}`, SK: 'V' });
