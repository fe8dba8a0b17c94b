import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../functions/platform/errors.ts';
import { DocumentKind } from '../../schemas/codes.ts';
import { BUSINESS_MESSAGE_TYPES, Message } from '../../schemas/messages.ts';

const folder = resolve(import.meta.dirname, '../fixtures/messages');
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8'));

const GOOD = [
  'liaison-letter',
  'liaison-letter.with-insurance-number',
  'liaison-letter.with-further-attributes',
  'liaison-letter.forwarded',
  'remittance-advice',
  'remittance-advice.v2',
  'remittance-advice.v2-without-letter',
  'not-remitted',
  'not-remitted.local-rule',
  'not-remitted.v2',
  'not-remitted.v2-without-letter',
  'information-table',
  'information-table.v2',
  'information-table.v2-without-letter',
  'completion-notice',
  'completion-notice.v2',
  'completion-notice.v2-without-letter',
  'coverage-voucher',
  'coverage-voucher.of-a-resident',
  'transfer-request',
  'transfer-request.opened-at-transfer-out',
  'eligibility-verdict',
  'eligibility-verdict.with-payee-and-override',
  'eligibility-verdict.refused',
  'ineligibility-notice',
  'ineligibility-notice.other-case-open',
  'query',
  'correction.liaison-letter',
  'correction.coverage-voucher',
  'correction.information-table',
  'correction.remittance-advice',
  'correction.not-remitted',
  'correction.transfer-request',
  'explanation',
  'withdrawal',
  'withdrawal-answer',
  'withdrawal-answer.too-late',
  'closure-proposal',
  'closure-answer',
  'closure-answer.declined',
  'reminder',
  'reminder.without-words',
  'forwarded',
  'scheme-withdrawal',
  'scheme-withdrawal.by-card-number',
  'scheme-withdrawal-answer',
  'scheme-withdrawal-answer.not-withdrawn',
  'receipt-delivered',
  'receipt-opened',
];

/** Bad message → the path that quarantine names. */
const BAD: Record<string, string> = {
  'liaison-letter.missing-payee': 'data.payee',
  'liaison-letter.payee-without-version': 'data.payee.directoryVersion',
  'liaison-letter.wrong-check-digit': 'data.number',
  'liaison-letter.bad-id-checksum': 'data.person.idNumber',
  'liaison-letter.unknown-field': 'data',
  'liaison-letter.unknown-scheme': 'data.newScheme',
  'liaison-letter.unknown-procedure': 'procedure',
  'liaison-letter.forwarded-without-receipt': 'data.forwardedFrom.0.messageId',
  'liaison-letter.other-version': 'type',
  'liaison-letter.source-is-no-region': 'source',
  'liaison-letter.case-number-wrong-check-digit': 'subject',
  'liaison-letter.without-sequence': 'sequence',
  'liaison-letter.without-signature': 'signature',
  'remittance-advice.of-nothing': 'data.amountFen',
  'remittance-advice.in-yuan': 'data.amountFen',
  'remittance-advice.missing-person': 'data.person',
  'remittance-advice.date-does-not-exist': 'data.remittedOn',
  'remittance-advice.without-letter': 'data.letterNumber',
  'remittance-advice.v2-of-nothing': 'data.amountFen',
  'not-remitted.unknown-reason': 'data.reason',
  'not-remitted.local-rule-not-quoted': 'data.note',
  'not-remitted.without-letter': 'data.letterNumber',
  'not-remitted.v2-local-rule-not-quoted': 'data.note',
  'information-table.without-periods': 'data.periods',
  'information-table.unknown-scheme': 'data.periods.1.scheme',
  'information-table.month-13': 'data.periods.0.to',
  'information-table.without-letter': 'data.letterNumber',
  'information-table.v2-letter-wrong-check-digit': 'data.letterNumber',
  'information-table.v3': 'type',
  'completion-notice.negative-credit': 'data.creditedFen',
  'completion-notice.without-letter': 'data.letterNumber',
  'completion-notice.v2-without-credit': 'data.creditedFen',
  'coverage-voucher.malformed-number': 'data.number',
  'coverage-voucher.participation-ends-before-it-begins': 'data.participation.to',
  'coverage-voucher.householder-bad-id-checksum': 'data.householder.idNumber',
  'transfer-request.unknown-scheme': 'data.newScheme',
  'transfer-request.without-verdict': 'data.verdict',
  'transfer-request.opened-at-neither-side': 'data.openedAt',
  'transfer-request.with-a-letter': 'data',
  'eligibility-verdict.refused-without-reasons': 'data.reasons',
  'eligibility-verdict.refused-for-no-reason': 'data.reasons',
  'eligibility-verdict.eligible-with-reasons': 'data',
  'eligibility-verdict.undecided': 'data.eligible',
  'ineligibility-notice.unknown-reason': 'data.reasons.0.code',
  'ineligibility-notice.without-article': 'data.reasons.0.article',
  'ineligibility-notice.open-case-wrong-check-digit': 'data.openCase',
  'query.bad-field-path': 'data.fields.1',
  'query.without-fields': 'data.fields',
  'query.unknown-document': 'data.about',
  'query.names-no-version': 'data.version',
  'correction.without-replaces': 'data.replaces',
  'correction.without-query': 'data.query',
  'correction.unknown-document': 'data.about',
  'correction.only-what-changed': 'data.document.periods',
  'correction.local-rule-not-quoted': 'data.document.note',
  'explanation.without-query': 'data.query',
  'explanation.empty': 'data.text',
  'withdrawal.without-reason': 'data.reason',
  'withdrawal-answer.undecided': 'data.granted',
  'withdrawal-answer.without-withdrawal': 'data.withdrawal',
  'closure-proposal.without-reason': 'data.reason',
  'closure-answer.without-proposal': 'data.proposal',
  'reminder.date-does-not-exist': 'data.dueOn',
  'forwarded.without-receipt-time': 'data.firstReceivedAt',
  'forwarded.to-no-region': 'data.region',
  'scheme-withdrawal.card-without-its-region': 'data.person.idNumber',
  'scheme-withdrawal.unknown-scheme': 'data.scheme',
  'scheme-withdrawal.date-does-not-exist': 'data.noticeOn',
  'scheme-withdrawal-answer.withdrawn-without-a-day': 'data.answer.withdrawnOn',
  'scheme-withdrawal-answer.refused-for-no-reason': 'data.answer.reason',
  'scheme-withdrawal-answer.without-notice': 'data.notice',
  'receipt.of-a-decision': 'data.kind',
  'receipt.without-milliseconds': 'data.at',
};

describe('contract fixtures (E9)', () => {
  test('every file is expected, and every expected file is there', () => {
    expect(names.sort()).toEqual([...GOOD, ...Object.keys(BAD)].sort());
  });

  test.each([...BUSINESS_MESSAGE_TYPES, 'cn.jiexu.receipt.v1'])('%s has a good and a bad one', (type) => {
    const isOfType = (name: string) => read(name).type === type;
    expect(GOOD.filter(isOfType)).not.toEqual([]);
    expect(Object.keys(BAD).filter(isOfType)).not.toEqual([]);
  });

  test('every document that can be corrected has a correction', () => {
    const corrected = GOOD.filter((name) => name.startsWith('correction.')).map((name) => (read(name).data as { about: string }).about);
    expect(corrected.sort()).toEqual([...DocumentKind.options].sort());
  });

  test.each(GOOD)('%s is accepted as it is', (name) => {
    const { traceparent: _, ...event } = read(name);
    expect(Message.parse(read(name))).toEqual(event);
  });

  test.each(Object.entries(BAD))('%s is refused at %s, Chinese first', (name, path) => {
    const findings = findingsOf(Message.safeParse(read(name)).error!);
    expect(findings.map(({ field }) => field)).toEqual([path]);
    expect(findings[0]!.reason).toMatch(/^\p{Script=Han}/u);
  });
});

describe('versions N and N−1 live together (E9)', () => {
  const followed = GOOD.flatMap((name): [string, string][] => {
    const next = String(read(name).type).replace(/\.v1$/, '.v2');
    return read(name).type !== next && BUSINESS_MESSAGE_TYPES.some((type) => type === next) ? [[name, next]] : [];
  });

  test('every version 2 follows a version 1 that is still taken', () => {
    const second = BUSINESS_MESSAGE_TYPES.filter((type) => type.endsWith('.v2'));
    expect(second.length).toBeGreaterThan(0);
    expect([...new Set(followed.map(([, next]) => next))].sort()).toEqual([...second].sort());
  });

  test.each(followed)('what %s says is taken as %s', (name, type) => {
    expect(Message.parse({ ...read(name), type }).data).toEqual(read(name).data);
  });

  test.each(GOOD.filter((name) => name.endsWith('.v2-without-letter')))('%s would be refused as version 1', (name) => {
    const type = String(read(name).type).replace(/\.v2$/, '.v1');
    expect(findingsOf(Message.safeParse({ ...read(name), type }).error!).map(({ field }) => field)).toEqual(['data.letterNumber']);
  });
});

type Path = (string | number)[];
const pathsIn = (value: unknown, at: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsIn(inner, [...at, key])])
    : [];

function without(event: Record<string, unknown>, path: Path): unknown {
  const copy = structuredClone(event);
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((value, key) => value[key] as Record<string, unknown>, copy);
  delete holder[path.at(-1)!];
  return copy;
}

/** The tables of the contract have gaps nowhere: what is not named here must be there. A local rule is quoted in `note`. */
const OPTIONAL: Record<string, readonly string[]> = {
  'liaison-letter': ['insuranceNumber', 'forwardedFrom'],
  'liaison-letter.with-further-attributes': ['traceparent'],
  'remittance-advice.v2': ['letterNumber'],
  'not-remitted': ['note'],
  'not-remitted.v2': ['letterNumber', 'note'],
  'information-table.v2': ['letterNumber'],
  'completion-notice.v2': ['letterNumber'],
  'coverage-voucher': ['insuranceNumber', 'householder'],
  'transfer-request': ['applicant.relation', 'applicant.authority', 'verdict.payee'],
  'eligibility-verdict': ['payee', 'override', 'reasons.note', 'reasons.firstAllowedOn'],
  'ineligibility-notice': ['letterNumber', 'reasons.note', 'reasons.firstAllowedOn', 'openCase'],
  'scheme-withdrawal': ['insuranceNumber'],
  'correction.liaison-letter': ['document.insuranceNumber'],
  'correction.information-table': ['document.letterNumber', 'document.periods.insuranceNumber', 'document.periods.remark'],
  'correction.remittance-advice': ['document.letterNumber'],
  'correction.not-remitted': ['document.letterNumber', 'document.note'],
  'correction.transfer-request': ['document.verdict.payee'],
  'closure-proposal': ['money'],
  'closure-answer': ['reason'],
  reminder: ['note', 'dueOn'],
};
const LOCAL_RULES = ['not-remitted.local-rule', 'not-remitted.v2-without-letter'];

/** What may be left out of a message: what is named for it or for its kind. */
function mayLack(name: string, path: Path): boolean {
  const field = path
    .filter((key) => !/^\d+$/.test(String(key)))
    .join('.')
    .replace(/^data\./, '');
  if (field === 'note' && LOCAL_RULES.includes(name)) return false;
  const kind = name.replace(/-without-letter$/, '');
  return [kind, ...(kind.includes('.v2') ? [] : [kind.split('.')[0]!])].some((named) => OPTIONAL[named]?.includes(field) === true);
}

describe.each(GOOD)('%s', (name) => {
  const event = read(name);
  const inObjects = pathsIn(event).filter((path) => !/^\d+$/.test(String(path.at(-1))));

  test('without any one of its fields is refused at that field, unless the field is optional', () => {
    for (const path of inObjects) {
      const { error } = Message.safeParse(without(event, path));
      const field = path.join('.');
      expect(error ? findingsOf(error).map((found) => found.field) : [], field).toEqual(mayLack(name, path) ? [] : [field]);
    }
  });

  test('with null in any one of its fields is refused', () => {
    for (const path of inObjects.filter((one) => one.join('.') !== 'traceparent')) {
      const copy = structuredClone(event);
      const holder = path.slice(0, -1).reduce<Record<string, unknown>>((value, key) => value[key] as Record<string, unknown>, copy);
      holder[path.at(-1)!] = null;
      expect(Message.safeParse(copy).success, path.join('.')).toBe(false);
    }
  });
});

test('the JSON Schemas are those of the code (E9)', async () => {
  const generator = resolve(import.meta.dirname, '../../schemas/tools/generate.ts');
  await expect(promisify(execFile)(process.execPath, [generator, '--check'])).resolves.toMatchObject({ stderr: '' });
});
