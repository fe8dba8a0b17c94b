import type { TransferCase } from '../../schemas/cases.ts';
import type { Scheme } from '../../schemas/codes.ts';
import type { Correction, CorrectionEntry } from '../../schemas/conversation.ts';
import type { FieldChange } from '../../schemas/events.ts';
import type { Person } from '../../schemas/person.ts';
import { type CalendarDate, Month, type RegionCode } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { canonicalJson } from '../platform/canonical.ts';
import { finding, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertConsistent, contradiction, noted, onDocument, only, telling } from './decisions.ts';
import { assertTakesNumbers, ownOffice, ownPayee } from './directory-checks.ts';
import { applicantFindings, notEligible, schemeReasons } from './eligibility.ts';
import { documentOf, formerRegionOf, openQueries, schemesOf } from './facts.ts';
import { fieldDiff } from './field-diff.ts';
import { wrongState } from './refusals.ts';

/** 更正 (S94 6, 7): a new version linked to the one it replaces, with what changed (B3, B9). */

/** A correction made by a decision of this side. Refused when nothing would change: then an explanation is the answer. */
export function correctionSent(state: TransferCase, correction: Correction, { messageId }: Context): Decision {
  const changes = assertChanged(state, correction);
  return telling(
    { type: 'correction-sent', correction, changes, messageId },
    { type: 'cn.jiexu.correction.v1', id: messageId, recipient: state.counterpart, data: correction, answers: correction.query },
  );
}

/** What a correction changes; refused when that is nothing. */
export function assertChanged(state: TransferCase, { about, document }: Correction): FieldChange[] {
  const changes = fieldDiff(documentOf(state, about), document);
  // A new version is dated anew.
  if (changes.every(({ field }) => field === 'date')) {
    refuse('case.inconsistent', finding('changes', 'unchanged', '更正内容与原件相同，可改为说明情况 (nothing changes: explain instead)'));
  }
  return changes;
}

/** The new version in place of the old one here as well; only the current version can be replaced, and only in answer to our own question. */
export function receiveCorrection(state: TransferCase, command: CommandOf<'receive-correction'>): Decision {
  const { name: _, ...received } = command;
  const { correction } = received;
  const asked = state.queries?.find(({ id, by }) => id === correction.query && by === 'own');
  assertConsistent([
    (asked === undefined || asked.about !== correction.about) &&
      contradiction('data.query', '本地区没有就该文书提出此询问 (no such query of ours about this document)'),
    state.versions?.[correction.about] !== correction.replaces &&
      finding('data.replaces', 'not_current', '被更正的不是现行版本 (it does not replace the current version)'),
  ]);
  if (asked?.answer !== undefined) {
    refuse('case.inconsistent', finding('data.query', 'answered_already', '该询问已有答复 (the query was answered already)'));
  }
  if (state.ended !== undefined) return noted('cn.jiexu.correction.v1', received);
  assertConsistent(identityFindings(state, correction));
  const changes = fieldDiff(documentOf(state, correction.about), correction.document);
  return only({ type: 'correction-received', changes, ...received });
}

/** A correction mends a document; it never makes it another person's, another case's, or money for another account. */
function identityFindings(state: TransferCase, { about, document }: Correction): (FieldError | false)[] {
  const sameId = (idNumber: string): FieldError | false =>
    idNumber !== state.person.idNumber &&
    contradiction('data.document.person.idNumber', '不得更正为另一身份证号 (a correction cannot make it another ID number)');
  const samePerson = ({ idNumber, name }: Person): (FieldError | false)[] => [
    sameId(idNumber),
    name !== state.person.name && contradiction('data.document.person.name', '姓名与本业务不一致 (the name is not the case’s)'),
  ];
  switch (about) {
    case 'liaison-letter':
      return [
        sameId(document.person.idNumber),
        document.number !== state.letter?.number &&
          contradiction('data.document.number', '联系函编号不得更改 (the letter keeps its number)'),
        sameScheme(state, document.formerScheme, 'data.document.formerScheme'),
        document.from.region !== state.counterpart && contradiction('data.document.from.region', '转入地不得更改 (transferIn stays)'),
      ];
    case 'coverage-voucher':
      return [
        sameId(document.person.idNumber),
        sameScheme(state, document.scheme, 'data.document.scheme'),
        sameFormerRegion(state, document.participationRegion, 'data.document.participationRegion'),
      ];
    case 'information-table':
      return [
        ...samePerson(document.person),
        ...ofLetter(state, document.letterNumber),
        sameScheme(state, document.formerScheme, 'data.document.formerScheme'),
        document.toRegion !== state.region && contradiction('data.document.toRegion', '转入地不得更改 (transferIn stays)'),
      ];
    case 'remittance-advice':
      return [
        ...samePerson(document.person),
        ...ofLetter(state, document.letterNumber),
        canonicalJson(document.payee) !== canonicalJson(state.advice?.payee) &&
          contradiction('data.document.payee', '收款账户不得更改 (the payee stays)'),
      ];
    case 'not-remitted':
      return ofLetter(state, document.letterNumber);
    case 'transfer-request':
      return [
        sameId(document.person.idNumber),
        sameScheme(state, document.formerScheme, 'data.document.formerScheme'),
        document.newScheme !== state.request?.newScheme &&
          contradiction('data.document.newScheme', '校验所依据的新险种不得更改 (the new scheme, on which the verdicts rest, stays)'),
        (document.formerRegion !== state.request?.formerRegion || document.newRegion !== state.request?.newRegion) &&
          contradiction('data.document.formerRegion', '转出地和转入地不得更改 (both regions stay)'),
      ];
    default:
      return about satisfies never;
  }
}

/** The person's place is kept by scheme and region (A10). */
const sameScheme = (state: TransferCase, scheme: Scheme, field: string): FieldError | false =>
  schemesOf(state).formerScheme !== scheme && contradiction(field, '原险种不得更改 (the former scheme stays)');

const sameFormerRegion = (state: TransferCase, region: RegionCode, field: string): FieldError | false =>
  formerRegionOf(state) !== region && contradiction(field, '参保地不得更改 (the region of participation stays)');

const ofLetter = ({ letter }: TransferCase, number: string | undefined): (FieldError | false)[] => [
  letter?.number !== number && contradiction('data.document.letterNumber', '联系函编号不是本业务的 (letter number is of another case)'),
];

type NoticeMaker = (
  entry: Extract<CorrectionEntry, { about: 'not-remitted' }>['notRemitted'],
) => Extract<Correction, { about: 'not-remitted' }>['document'];

/** What a clerk typed as a whole new version of the document; what the directory says is read anew. */
export function correctionFrom(state: TransferCase, entry: CorrectionEntry, context: Context, noticeOf: NoticeMaker): Correction {
  const question = openQueries(state, 'counterpart').find(({ id, about }) => id === entry.query && about === entry.about);
  const replaces = state.versions?.[entry.about];
  if (!question || !replaces) {
    return refuse(
      'case.inconsistent',
      contradiction('query', '对方没有就该文书提出待答复的询问 (no open query of the other side about it)'),
    );
  }
  const link = { query: entry.query, replaces };
  switch (entry.about) {
    case 'liaison-letter': {
      if (!state.letter) throw wrongState(state);
      const { name, ...changes } = entry.changes;
      const { letter } = state;
      const from = onDocument(ownOffice(context));
      const person = { ...letter.person, ...(name && { name }) };
      const document = { ...letter, ...definedOnly(changes), person, date: context.today, from, payee: ownPayee(context) };
      assertPair(document.formerScheme, document.newScheme, context.today);
      return { about: entry.about, ...link, document };
    }
    case 'transfer-request': {
      if (!state.request) throw wrongState(state);
      const { name, ...changes } = entry.changes;
      const person = { ...state.request.person, ...(name && { name }) };
      const document = { ...state.request, ...definedOnly(changes), person };
      assertConsistent(applicantFindings(document.applicant, '2021', document.newScheme, 'changes.applicant'));
      return { about: entry.about, ...link, document };
    }
    case 'coverage-voucher':
      assertConsistent([
        entry.voucher.person.idNumber !== state.person.idNumber &&
          contradiction('voucher.person.idNumber', '凭证与业务的身份证号不一致 (the ID number is not the case’s)'),
        sameScheme(state, entry.voucher.scheme, 'voucher.scheme'),
        sameFormerRegion(state, entry.voucher.participationRegion, 'voucher.participationRegion'),
      ]);
      if (context.counterpart) assertTakesNumbers(context.counterpart, { 'voucher.householder': entry.voucher.householder });
      return { about: entry.about, ...link, document: entry.voucher };
    case 'not-remitted':
      return { about: entry.about, ...link, document: noticeOf(entry.notRemitted) };
    default:
      return entry satisfies never;
  }
}

/** The pair of schemes that the letter says is one that can be handed over (A13); procedure 2016 has no rule about the year. */
function assertPair(formerScheme: Scheme, newScheme: Scheme, today: CalendarDate): void {
  const insuredUntil = Month.parse(today.slice(0, 7));
  const reasons = schemeReasons({ family: '2016', formerScheme, newScheme, insuredUntil, today, override: undefined });
  if (reasons.length > 0) throw notEligible(reasons, 'changes');
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Fields that were given; an absent one keeps what the document says. */
function definedOnly<T extends object>(fields: T): Defined<T> {
  const kept: Defined<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) Object.assign(kept, { [key]: value });
  }
  return kept;
}
