import { describe, expect, it } from 'vitest';
import { importsApi } from '../../functions/imports/api.ts';
import type { ImportJob } from '../../functions/imports/import-queue.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { routeKey } from '../../functions/platform/http.ts';
import { ROUTES } from '../../schemas/api.ts';
import { Role } from '../../schemas/codes.ts';
import { ImportStatus, ImportView } from '../../schemas/imports.ts';
import type { OfficeCode } from '../../schemas/primitives.ts';
import { caseStoreInMemory, directory, OTHER_OFFICE } from '../support/case-api.ts';
import { NOW } from '../support/cases.ts';
import { CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { call } from '../support/http.ts';
import { anImport, digest, filesInMemory, importNumber, importStoreInMemory } from '../support/imports.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const CREATE = 'POST /v1/imports';
const VIEW = 'GET /v1/imports/{importNumber}';
const START = 'POST /v1/imports/{importNumber}/start';

const BYTES = Buffer.from('{"command":"open","body":{}}\n');
const entry = (said: Record<string, unknown> = {}) => ({ kind: 'commands', sha256: digest(BYTES), bytes: BYTES.length, ...said });
type Said = { body?: unknown; office?: OfficeCode; role?: Role; number?: string; sub?: string };

function setUp() {
  const rows = importStoreInMemory();
  const objects = filesInMemory();
  const sent: ImportJob[] = [];
  let now = Date.parse(NOW);
  const { log, lines } = unitWitness();
  const deps = {
    imports: rows.store,
    files: objects.files,
    queue: { send: async ({ region, importNumber: number }: ImportJob) => void sent.push({ region, importNumber: number }) },
    store: caseStoreInMemory().store,
    directory,
    clock: { now: () => toInstant(now) },
    log,
    metrics: untouched<{ count(): void }>('metrics'),
  };
  const handler = importsApi(deps);
  const send = (route: string, { body, office = HANGZHOU_OFFICE, role = 'clerk', number, sub = 'clerk-1' }: Said = {}) =>
    call(handler, route, { claims: { sub, office, role }, ...(number && { params: { importNumber: number } }), body });
  return {
    ...rows,
    ...objects,
    deps,
    lines,
    sent,
    send,
    wait(milliseconds: number) {
      now += milliseconds;
    },
  };
}

const findings = (body: { code: string; errors: { field: string; code: string }[] }) => [
  body.code,
  ...body.errors.map(({ field, code }) => `${field} ${code}`),
];

describe('announcing a file (B12, E11)', () => {
  it('gives it a number and a link to put it (B12, E11)', async () => {
    const at = setUp();
    const { status, body } = await at.send(CREATE, { body: entry() });
    expect(status).toBe(201);
    expect(body).toEqual({
      importNumber: importNumber(1),
      kind: 'commands',
      office: HANGZHOU_OFFICE,
      createdAt: NOW,
      status: 'awaiting-file',
      counts: {},
      errors: [],
      upload: { url: `https://files.test/${HANGZHOU}/${importNumber(1)}/file`, headers: {} },
    });
    expect(at.row(1)).toEqual(anImport(1, BYTES, { status: 'awaiting-file' }));
  });

  it.each([
    ['no kind', { kind: 'letters' }, ['request.invalid', 'kind invalid_value']],
    ['no hash', { sha256: 'A'.repeat(64) }, ['request.invalid', 'sha256 invalid_format']],
    ['no bytes', { bytes: 0 }, ['request.invalid', 'bytes too_small']],
    ['half a byte', { bytes: 1.5 }, ['request.invalid', 'bytes invalid_type']],
    ['more than 200 MB', { bytes: 200 * 1024 * 1024 + 1 }, ['request.invalid', 'bytes too_big']],
    ['an encoding that nobody reads', { encoding: 'utf-16' }, ['request.invalid', 'encoding invalid_value']],
    ['commands that are not UTF-8', { encoding: 'gb18030' }, ['request.invalid', 'encoding invalid_value']],
    ['a field too many', { name: 'x.csv' }, ['request.invalid', ' unrecognized_keys']],
  ])('of %s is refused by field (B12, E11)', async (_what, said, expected) => {
    const at = setUp();
    const { status, body } = await at.send(CREATE, { body: entry(said) });
    expect([status, findings(body)]).toEqual([400, expected]);
  });

  it('takes a statement in GB 18030, as old banks write it (B12)', async () => {
    const { status } = await setUp().send(CREATE, { body: entry({ kind: 'bank-statement', encoding: 'gb18030' }) });
    expect(status).toBe(201);
  });

  it('again while it is awaited is the same import with a new link, and what is said now holds (B12, E11)', async () => {
    const at = setUp();
    await at.send(CREATE, { body: entry() });
    const again = await at.send(CREATE, { body: entry({ kind: 'bank-statement', encoding: 'gb18030' }), sub: 'clerk-2' });
    expect([again.status, again.body.importNumber, again.body.upload.url]).toEqual([
      200,
      importNumber(1),
      `https://files.test/${HANGZHOU}/${importNumber(1)}/file`,
    ]);
    expect(at.row(1)).toMatchObject({ kind: 'bank-statement', encoding: 'gb18030', by: { subject: 'clerk-2' }, version: 2 });
  });

  it.each(ImportStatus.options.filter((status) => status !== 'awaiting-file' && status !== 'refused'))(
    'that is %s is refused and names the import (B12, E11)',
    async (status) => {
      const at = setUp();
      at.put(anImport(1, BYTES, { status }));
      const { body, ...answer } = await at.send(CREATE, { body: entry() });
      expect([answer.status, findings(body)]).toEqual([409, ['import.repeated', 'sha256 repeated']]);
      expect(body.errors[0].reason).toContain(importNumber(1));
      expect(at.row(1)).toEqual(anImport(1, BYTES, { status }));
    },
  );

  it('that another office of the region announced is refused; to another region it is new (B12, E11)', async () => {
    const at = setUp();
    await at.send(CREATE, { body: entry() });
    expect(findings((await at.send(CREATE, { body: entry(), office: OTHER_OFFICE })).body)).toEqual(['import.repeated', 'sha256 repeated']);
    expect((await at.send(CREATE, { body: entry(), office: CHENGDU_OFFICE })).status).toBe(201);
  });

  it.each(['import.file-differs', 'encoding', 'future', 'header'])(
    'that was refused whole for %s can be announced again as what it is: nothing of it was imported (B12, E11)',
    async (code) => {
      const at = setUp();
      const errors = [{ line: 1, field: 'valueDate', code, reason: '' }];
      at.put(anImport(1, BYTES, { status: 'refused', kind: 'bank-statement', encoding: 'gb18030', errors, finishedAt: NOW }));
      const { status, body } = await at.send(CREATE, { body: entry() });
      expect([status, body.importNumber, body.status, body.kind, body.errors, body.finishedAt]).toEqual([
        200,
        importNumber(1),
        'awaiting-file',
        'commands',
        [],
        undefined,
      ]);
      expect(body.upload.url).toBe(`https://files.test/${HANGZHOU}/${importNumber(1)}/file`);
      expect(at.row(1)).toEqual({ ...anImport(1, BYTES, { status: 'awaiting-file' }), version: 2 });
    },
  );

  it('that was refused is opened again by its own office only (B12, E11)', async () => {
    const at = setUp();
    const refused = anImport(1, BYTES, { status: 'refused', finishedAt: NOW });
    at.put(refused);
    expect(findings((await at.send(CREATE, { body: entry(), office: OTHER_OFFICE })).body)).toEqual(['import.repeated', 'sha256 repeated']);
    expect(at.row(1)).toEqual(refused);
  });

  it('that was refused, by two at once, is opened once and both are told so (B12, E11)', async () => {
    const at = setUp();
    at.put(anImport(1, BYTES, { status: 'refused', finishedAt: NOW }));
    const answers = await Promise.all([1, 2].map(() => at.send(CREATE, { body: entry() })));
    expect(answers.map(({ status, body }) => [status, body.importNumber, body.status])).toEqual([
      [200, importNumber(1), 'awaiting-file'],
      [200, importNumber(1), 'awaiting-file'],
    ]);
  });

  it('by two at once makes one import (B12, E11)', async () => {
    const at = setUp();
    const answers = await Promise.all([1, 2, 3].map(() => at.send(CREATE, { body: entry() })));
    expect(new Set(answers.map(({ body }) => body.importNumber)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  });
});

describe('starting an import (E11)', () => {
  const announced = async () => {
    const at = setUp();
    await at.send(CREATE, { body: entry() });
    const row = at.row(1);
    return { ...at, start: () => at.send(START, { number: row.importNumber, body: {} }), put: at.put, row: () => at.row(1), file: row };
  };

  it('asks a worker, once the file is there (E11)', async () => {
    const at = await announced();
    at.upload(at.file, BYTES);
    const { status, body } = await at.start();
    expect([status, body.status, body.upload]).toEqual([200, 'queued', undefined]);
    expect(at.sent).toEqual([{ region: HANGZHOU, importNumber: importNumber(1) }]);
  });

  it('without a file, or with one of another length, is refused (E11)', async () => {
    const at = await announced();
    const missing = await at.start();
    expect([missing.status, findings(missing.body)]).toEqual([409, ['import.file-missing', 'importNumber file_missing']]);
    at.upload(at.file, Buffer.concat([BYTES, BYTES]));
    const other = await at.start();
    expect([other.status, findings(other.body)]).toEqual([422, ['import.file-differs', 'bytes file_differs']]);
    expect([at.row().status, at.sent]).toEqual(['awaiting-file', []]);
  });

  it.each([
    ['queued', {}, 1],
    ['running', {}, 1],
    ['running', { heldUntil: toInstant(Date.parse(NOW)) }, 1],
    ['running', { heldUntil: toInstant(Date.parse(NOW) + 1) }, 0],
    ['done', {}, 0],
    ['refused', {}, 0],
  ] as const)('again while it is %s %o is harmless: %i wake-ups (E11)', async (status, said, count) => {
    const at = await announced();
    const row = anImport(1, BYTES, { status, ...said });
    at.put(row);
    const answer = await at.start();
    expect([answer.status, answer.body.status]).toEqual([200, status]);
    expect(at.sent).toHaveLength(count);
    expect(at.row()).toEqual(row);
  });

  it('by two at once queues it, and both are told so (E11)', async () => {
    const at = await announced();
    at.upload(at.file, BYTES);
    const answers = await Promise.all([at.start(), at.start()]);
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
      [200, 'queued'],
      [200, 'queued'],
    ]);
    expect(at.row().version).toBe(2);
  });
});

describe('an import is shown (E11)', () => {
  it.each(ImportStatus.options)('with the links that fit, while it is %s (E11)', async (status) => {
    const at = setUp();
    at.put(anImport(1, BYTES, { status, counts: { done: 3 } }));
    const { body } = await at.send(VIEW, { number: importNumber(1) });
    expect(ImportView.parse(body)).toEqual(body);
    expect([body.status, body.counts, 'upload' in body, 'resultUrl' in body]).toEqual([
      status,
      { done: 3 },
      status === 'awaiting-file',
      status === 'done',
    ]);
  });

  it.each([VIEW, START])('to the office that handed it in and nobody else: %s (F2, E11)', async (route) => {
    const at = setUp();
    at.put(anImport(1, BYTES, { status: 'done' }));
    const ask = async (said: Said) => {
      const { status, body } = await at.send(route, { body: {}, ...said });
      return status === 200 ? status : [status, ...findings(body)];
    };
    expect(await ask({ number: importNumber(1) })).toBe(200);
    expect(await ask({ number: importNumber(1), office: OTHER_OFFICE })).toEqual([403, 'caller.wrong-office', 'office wrong_office']);
    const unknown = [404, 'import.not-found', 'importNumber unknown'];
    expect(await ask({ number: importNumber(1), office: CHENGDU_OFFICE })).toEqual(unknown);
    expect(await ask({ number: importNumber(2) })).toEqual(unknown);
    expect(await ask({ number: '1' })).toEqual(unknown);
  });

  const routes = ROUTES.filter(({ group }) => group === 'imports');
  it.each(routes.flatMap((route) => Role.options.map((role) => ({ route, role, name: routeKey(route) }))))(
    'by $name to a $role as its route says (F1, E11)',
    async ({ route, role, name }) => {
      const at = setUp();
      at.put(anImport(1, BYTES, { status: 'done' }));
      const { status } = await at.send(name, {
        role,
        number: importNumber(1),
        body: name === CREATE ? entry({ sha256: 'a'.repeat(64) }) : {},
      });
      expect(status).toBe(route.roles.includes(role) ? (name === CREATE ? 201 : 200) : 403);
    },
  );
});
