import { describe, expect, it } from 'vitest';
import type { CaseDeps } from '../../functions/cases/request.ts';
import type { CaseStore } from '../../functions/cases/store.ts';
import { commandKind } from '../../functions/imports/command-kind.ts';
import { commandIn, keyOfLine, sequenceOf } from '../../functions/imports/command-line.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { finding, Refusal } from '../../functions/platform/errors.ts';
import type { ImportJobContext } from '../../functions/platform/import-kind.ts';
import { ROUTES } from '../../schemas/api.ts';
import { Role } from '../../schemas/codes.ts';
import { IdempotencyKey, PersonHash } from '../../schemas/primitives.ts';
import { ClerkCommandName } from '../../schemas/procedures.ts';
import { caseApi, caseStoreInMemory, directory } from '../support/case-api.ts';
import { CASE_NUMBER, NOW, uuid } from '../support/cases.ts';
import { applicationBody, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { aJob, importNumber } from '../support/imports.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const text = (line: unknown) => (typeof line === 'string' ? line : JSON.stringify(line));
const open = (n: number) => ({ command: 'open', body: { application: applicationBody(n) } });
const accept = (caseNumber: string) => ({ command: 'accept', caseNumber, body: {} });

/** The kind over cases in memory. `failing`: a fault of the store, while it returns one. */
function setUp(store = caseStoreInMemory(), failing: (call: string, said: readonly unknown[]) => Error | undefined = () => undefined) {
  const calls: string[] = [];
  const watched = untouched<CaseStore>('store', {
    ...Object.fromEntries(
      (['commit', 'readCase', 'readIdempotency', 'nextSequence'] as const).map((name) => [
        name,
        async (...said: unknown[]) => {
          calls.push(name);
          const fault = failing(name, said);
          if (fault) throw fault;
          return (store.store[name] as (...said: unknown[]) => unknown)(...said);
        },
      ]),
    ),
  });
  let ids = 0;
  const deps: CaseDeps = {
    store: watched,
    directory,
    signer: { sign: async () => 'A'.repeat(86) },
    personHash: async (id) => PersonHash.parse(sha256(id)),
    clock: { now: () => NOW },
    ids: {
      messageId: () => {
        ids += 1;
        return uuid(5_000 + ids);
      },
    },
    log: unitWitness().log,
    metrics: untouched('metrics', { count: () => {} }),
  };
  const pauses: number[] = [];
  const kind = commandKind(deps, async (tries) => void pauses.push(tries));
  const importLines = (lines: readonly unknown[], said: Partial<ImportJobContext> = {}) =>
    kind.importPart(
      aJob(1, said),
      lines.map((line, i) => ({ line: i + 1, text: text(line) })),
    );
  return { ...store, importLines, calls, pauses };
}

const refusal = (line: string, role: Role = 'clerk') => {
  try {
    commandIn(line, role);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)];
  }
};

describe('a line of a file of commands', () => {
  it.each([
    ['no JSON', '{"command":', ['request.invalid', ' json']],
    ['no object', '[]', ['request.invalid', ' invalid_type']],
    ['no command', '{"body":{}}', ['request.invalid', 'command invalid_type']],
    ['a command that nobody knows', '{"command":"hand-over","body":{}}', ['request.invalid', 'command unknown']],
    ['a message that is no command of a clerk', '{"command":"receive-letter","body":{}}', ['request.invalid', 'command unknown']],
    ['a field too many', '{"command":"open","body":{},"key":"1"}', ['request.invalid', ' unrecognized_keys']],
    ['no case', '{"command":"accept","body":{}}', ['request.invalid', 'caseNumber missing']],
    ['a case that cannot be', '{"command":"accept","caseNumber":"330100-1","body":{}}', ['case.not-found', 'caseNumber unknown']],
    [
      'a case where one begins',
      `{"command":"open","caseNumber":"${CASE_NUMBER}","body":{}}`,
      ['request.invalid', 'caseNumber not_allowed'],
    ],
  ])('with %s is refused by field, as the API would (E11)', (_what, line, findings) => {
    expect(refusal(line)).toEqual(findings);
  });

  it('may leave out an empty body, as over HTTP (E11)', () => {
    expect(commandIn(`{"command":"send-letter","caseNumber":"${CASE_NUMBER}"}`, 'clerk')).toEqual({
      name: 'send-letter',
      caseNumber: CASE_NUMBER,
      body: {},
    });
  });

  it.each(Role.options.flatMap((role) => ClerkCommandName.options.map((name) => ({ role, name }))))(
    '$name by a $role meets the roles of its route (E11)',
    ({ role, name }) => {
      const { roles, path } = ROUTES.find(({ command }) => command === name)!;
      const line = { command: name, body: {}, ...(path.includes('{caseNumber}') && { caseNumber: CASE_NUMBER }) };
      expect(refusal(text(line), role)).toEqual(roles.includes(role) ? undefined : ['caller.role-not-allowed', 'role not_allowed']);
    },
  );

  it('has a key that only import and line decide: a UUID of version 8 (E1, E11)', () => {
    // SHA-256 of `33010001-20260302-000001-<check>#1`, its first 128 bits with the version and the variant of RFC 9562 put in.
    const hex = sha256(`${importNumber(1)}#1`);
    const key = keyOfLine(importNumber(1), 1);
    const digits = key.replaceAll('-', '');
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([digits.slice(0, 12), digits.slice(13, 16), digits.slice(17)]).toEqual([hex.slice(0, 12), hex.slice(13, 16), hex.slice(17, 32)]);
    expect(IdempotencyKey.parse(key)).toBe(keyOfLine(importNumber(1), 1));
    const others = [
      keyOfLine(importNumber(1), 2),
      keyOfLine(importNumber(2), 1),
      keyOfLine(importNumber(1), 11),
      keyOfLine(importNumber(11), 1),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
  });
});

describe('commands of a file', () => {
  const opened = async (count: number) => {
    const at = setUp();
    const results = await at.importLines(Array.from({ length: count }, (_, n) => open(n + 1)));
    return { ...at, numbers: results.map(({ caseNumber }) => caseNumber!) };
  };

  it('open and answer cases, each line with its case and status and nothing else (E11)', async () => {
    const { importLines, numbers, timelines } = await opened(2);
    const [one, two] = numbers;
    expect(
      await importLines([accept(one!), accept(two!), { command: 'send-letter', caseNumber: one }], { importNumber: importNumber(2) }),
    ).toEqual([
      { line: 1, outcome: 'done', caseNumber: one, status: 'accepted' },
      { line: 2, outcome: 'done', caseNumber: two, status: 'accepted' },
      { line: 3, outcome: 'done', caseNumber: one, status: 'letter-sent' },
    ]);
    const [entry] = timelines.get(`${HANGZHOU}#${one}`)!;
    expect(entry).toMatchObject({ command: 'open', actor: { kind: 'caller', subject: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' } });
  });

  it('of one case are done in their order, whatever stands between them (E11)', async () => {
    const { importLines, numbers } = await opened(12);
    const [one, ...others] = numbers;
    const letter = { command: 'send-letter', caseNumber: one };
    const lines = [letter, ...others.slice(0, 6).map(accept), accept(one!), ...others.slice(6).map(accept), letter, accept(one!)];
    const results = await importLines(lines, { importNumber: importNumber(2) });
    expect(results.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
    const ofOne = results.filter(({ caseNumber }) => caseNumber === one);
    expect(ofOne.map(({ line, outcome, status, code }) => [line, outcome, status ?? code])).toEqual([
      [1, 'refused', 'case.wrong-state'],
      [8, 'done', 'accepted'],
      [14, 'done', 'letter-sent'],
      [15, 'refused', 'case.wrong-state'],
    ]);
  });

  it('that begin cases of one person are done in their order (A10, E11)', () => {
    const of = (line: unknown) => sequenceOf(commandIn(text(line), 'clerk'), 7);
    const { person } = applicationBody(1);
    expect(of(open(1))).toBe(of({ command: 'request', body: { request: { person } } }));
    expect(of(open(1))).toBe(of({ command: 'send-voucher', body: { voucher: { person } } }));
    expect(of(open(1))).not.toBe(of(open(2)));
    expect(of({ command: 'open', body: 'nobody' })).toBe('line 7');
  });

  it('read again have the same results and change nothing (E1, E11)', async () => {
    const { importLines, numbers, cases, timelines } = await opened(3);
    const lines = [...numbers.map(accept), { command: 'remit', caseNumber: numbers[0], body: {} }, open(9)];
    const first = await importLines(lines, { importNumber: importNumber(2) });
    const after = structuredClone([cases, timelines]);
    expect(await importLines(lines, { importNumber: importNumber(2) })).toEqual(first);
    expect([cases, timelines]).toEqual(after);
    expect(first.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'refused', 'done']);
  });

  it('are refused with code and fields as the API answers (E11)', async () => {
    const { importLines, numbers, store } = await opened(1);
    const [caseNumber] = numbers;
    const api = caseApi(store);
    const bad = [
      { command: 'open', body: { application: applicationBody(2, { postcode: '1', appliedOn: '2026-13-01' }) } },
      { command: 'open', body: { application: { ...applicationBody(2), person: { name: '演示乙', idNumber: '510104196001019970' } } } },
      { command: 'open', body: 'not an object' },
      { command: 'open', body: null },
      { command: 'send-letter', caseNumber, body: {} },
      { command: 'accept', caseNumber, body: { facts: 1 } },
      { command: 'accept', caseNumber: CASE_NUMBER.replace('000001', '000002').slice(0, -1).concat('0'), body: {} },
      { command: 'confirm-money', caseNumber, body: {} },
    ] as const;
    const results = await importLines(bad, { importNumber: importNumber(2) });
    for (const [i, { command, body, ...line }] of bad.entries()) {
      const said = 'caseNumber' in line ? { caseNumber: line.caseNumber! } : {};
      const answer = await api.command(command, { body, ...said });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(results[i]).toMatchObject({ line: i + 1, outcome: 'refused', code: answer.body.code, errors: answer.body.errors });
    }
  });

  it('are given by the one who handed the file in: another office has no right to the case (E11)', async () => {
    const { importLines, numbers } = await opened(1);
    const said = { by: { subject: 'x', office: CHENGDU_OFFICE, role: 'clerk' as const }, importNumber: importNumber(2) };
    const [result] = await importLines([accept(numbers[0]!)], said);
    expect(result).toMatchObject({ outcome: 'refused', code: 'caller.wrong-office' });
  });

  it('quote no value of a line in its result (F4, E11)', async () => {
    const { importLines } = setUp();
    const secret = '演示甲保密';
    const results = await importLines([
      secret,
      { command: secret },
      { command: 'accept', caseNumber: secret, body: {} },
      { command: 'open', body: { application: applicationBody(1, { address: `${secret}\n`, postcode: secret, scheme: secret }) } },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('refused'));
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  it.each([
    ['a fault of the network', new Error('the network is down')],
    ['a busy case', new Refusal('case.busy', [finding('caseNumber', 'busy', '')])],
  ])('that meet %s are tried again, and are no result until it is over (E11)', async (_what, fault) => {
    const { numbers, ...store } = await opened(1);
    let faults = 2;
    const twice = setUp(store, (call) => {
      if (call !== 'readCase' || faults === 0) return undefined;
      faults -= 1;
      return fault;
    });
    const said = { importNumber: importNumber(2) };
    expect(await twice.importLines([accept(numbers[0]!)], said)).toMatchObject([{ outcome: 'done', status: 'accepted' }]);
    expect(twice.pauses).toEqual([1, 2]);
    const ever = setUp(store, () => fault);
    await expect(ever.importLines([accept(numbers[0]!)], { importNumber: importNumber(3) })).rejects.toBe(fault);
    expect(ever.pauses).toEqual([1, 2]);
  });

  it('that meet a year which the calendar lacks are refused after their tries, and stop no other line (E11)', async () => {
    const { numbers, ...store } = await opened(3);
    const missing = new Refusal('calendar.year-missing', [finding('year', 'missing', '')]);
    const at = setUp(store, (call, said) => (call === 'readCase' && said.includes(numbers[0]) ? missing : undefined));
    const results = await at.importLines([...numbers.map(accept), { command: 'send-letter', caseNumber: numbers[0] }], {
      importNumber: importNumber(2),
    });
    const refused = { outcome: 'refused', caseNumber: numbers[0], code: 'calendar.year-missing', errors: missing.errors };
    expect(results).toEqual([
      { line: 1, ...refused },
      { line: 2, outcome: 'done', caseNumber: numbers[1], status: 'accepted' },
      { line: 3, outcome: 'done', caseNumber: numbers[2], status: 'accepted' },
      { line: 4, ...refused },
    ]);
    expect(at.pauses).toEqual([1, 2, 1, 2]);
  });

  it('that meet a year which the calendar has by the next try are done (E11)', async () => {
    const { numbers, ...store } = await opened(1);
    let faults = 2;
    const at = setUp(store, (call) => {
      if (call !== 'readCase' || faults === 0) return undefined;
      faults -= 1;
      return new Refusal('calendar.year-missing', [finding('year', 'missing', '')]);
    });
    expect(await at.importLines([accept(numbers[0]!)], { importNumber: importNumber(2) })).toMatchObject([
      { outcome: 'done', status: 'accepted' },
    ]);
  });

  it('cost no request that single entry does not cost (E11)', async () => {
    const file = setUp();
    const [result] = await file.importLines([open(1)]);
    await file.importLines([accept(result!.caseNumber!)], { importNumber: importNumber(2) });
    expect(file.calls).toEqual(['nextSequence', 'commit', 'readCase', 'commit']);
  });
});
