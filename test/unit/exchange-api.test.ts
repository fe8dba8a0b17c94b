import { describe, expect, it } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { type ExchangeApiDeps, exchangeRoutes } from '../../functions/exchange/api.ts';
import { quarantineRow } from '../../functions/exchange/quarantine.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { routeKey } from '../../functions/platform/http.ts';
import { Caller, QuarantineView, ROUTES } from '../../schemas/api.ts';
import { PROBLEMS } from '../../schemas/problems.ts';
import { QuarantineRow } from '../../schemas/rows.ts';
import { anOffice, aRegion } from '../support/directory.ts';
import { at, casesInMemory, parkingInMemory, quarantineInMemory } from '../support/exchange.ts';
import { aKeyPair, aNoticeEvent, CHENGDU, HANGZHOU, sealed, signerWith, uuid } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const key = aKeyPair();
const RECEIVED = at('2026-11-15T08:00:05Z');
const notice = (n: number) => sealed(key.privateKey, aNoticeEvent(n));

function chengdu(said: Partial<ExchangeApiDeps> = {}) {
  const parking = parkingInMemory();
  const quarantine = quarantineInMemory(parking.rows);
  const cases = casesInMemory(parking, quarantine);
  const armed: string[] = [];
  const seen = unitWitness();
  const deps: ExchangeApiDeps = {
    cases: untouched('cases', { acceptMessage: cases.accept }),
    directory: untouched('directory', {
      region: async (code) => aRegion({ code, signingKeys: code === HANGZHOU ? [key.published] : [] }),
      office: async (code) => (code === '51010001' ? anOffice({ code, region: CHENGDU }) : undefined),
      calendar: async () => calendarOf(seedYears()),
      refresh: () => {},
    }),
    parking: parking.store,
    quarantine: quarantine.store,
    pending: { armReceipt: async ({ SK }) => void armed.push(SK) },
    signer: signerWith(key.privateKey),
    ids: { messageId: () => uuid(700) as never },
    clock: { now: () => at('2026-11-20T01:00:09Z') },
    log: seen.log,
    metrics: seen.metrics,
    ...said,
  };
  const put = async (n: number, body: string, receivedAt = RECEIVED, region = CHENGDU) => {
    const row = quarantineRow({ region, delivery: uuid(n), body, receivedAt, refusal: new Refusal('message.signature', []) });
    await quarantine.store.quarantine(row);
    return row;
  };
  return { deps, parking, quarantine, cases, armed, seen, put };
}

const call = async (
  deps: ExchangeApiDeps,
  name: string,
  quarantineId?: string,
  office = '51010001',
  query: Record<string, string> = {},
) => {
  const route = ROUTES.find((candidate) => routeKey(candidate) === name)!;
  const handler = exchangeRoutes(deps).get(name)!;
  const caller = Caller.parse({ sub: 'clerk-1', office, role: 'clerk' });
  return (await handler({ route, caller, params: { quarantineId }, query, headers: {}, body: {} })).body;
};
const LIST = 'GET /v1/quarantine';
const REPLAY = 'POST /v1/quarantine/{quarantineId}/replay';
const refused = (code: string) => expect.objectContaining({ name: 'Refusal', code });

it('every route of the group has a handler', () => {
  const group = ROUTES.filter((route) => route.group === 'exchange').map(routeKey);
  expect([...exchangeRoutes(chengdu().deps).keys()].sort()).toEqual(group.sort());
});

describe('the list of quarantined messages', () => {
  it("shows the caller's region, newest first, with the reason in Chinese and nothing of the message", async () => {
    const { deps, put } = chengdu();
    const older = await put(1, notice(1));
    const newer = await put(2, notice(2), at('2026-11-16T00:00:00Z'));
    await put(3, notice(3), RECEIVED, HANGZHOU);
    expect(await call(deps, LIST)).toEqual({
      items: [newer, older].map(({ id, receivedAt }) => ({
        id,
        receivedAt,
        code: 'message.signature',
        path: '',
        title: PROBLEMS['message.signature'][1],
      })),
    });
  });

  it('comes in pages, without a gap and without a double, to the last', async () => {
    const { deps, put } = chengdu();
    for (let n = 1; n <= 201; n += 1) await put(n, notice(n), at(new Date(Date.parse(RECEIVED) + (n % 60) * 1_000).toISOString()));
    const sizes: number[] = [];
    const ids = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = QuarantineView.parse(await call(deps, LIST, undefined, undefined, cursor === undefined ? {} : { cursor }));
      sizes.push(page.items.length);
      for (const { id } of page.items) ids.add(id);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect([sizes, ids.size]).toEqual([[100, 100, 1], 201]);
  });

  it('is refused for a cursor that is none', async () => {
    await expect(call(chengdu().deps, LIST, undefined, undefined, { cursor: '../1' })).rejects.toThrow(
      expect.objectContaining({ code: 'request.invalid', errors: [expect.objectContaining({ field: 'cursor' })] }),
    );
  });

  it('says who replayed what, and what was handled', async () => {
    const { deps, put } = chengdu();
    const row = await put(1, notice(1));
    await call(deps, REPLAY, row.id);
    const { items } = QuarantineView.parse(await call(deps, LIST));
    expect(items).toMatchObject([
      {
        replayedAt: deps.clock.now(),
        replayedBy: { subject: 'clerk-1', office: '51010001', role: 'clerk' },
        resolvedAt: expect.any(String),
      },
    ]);
  });

  it('is refused to an office that the directory does not know', async () => {
    await expect(call(chengdu().deps, LIST, undefined, '42010001')).rejects.toThrow(refused('caller.unknown'));
  });
});

describe('E4 a replay', () => {
  it('B2 handles the message as of the moment it first came, and is noted', async () => {
    const { deps, put, cases, quarantine } = chengdu();
    const row = await put(1, notice(1));
    expect(await call(deps, REPLAY, row.id)).toEqual({ id: row.id, outcome: 'handled' });
    expect(cases.handled).toMatchObject([{ receivedAt: RECEIVED }]);
    expect([...quarantine.rows.values()]).toMatchObject([{ replayedAt: '2026-11-20T01:00:09.000Z' }]);
  });

  it('wakes what waited for it', async () => {
    const { deps, put, cases, parking } = chengdu();
    const second = await put(2, notice(2));
    expect(await call(deps, REPLAY, second.id)).toMatchObject({ outcome: 'parked' });
    expect(parking.rows.size).toBe(1);
    expect(await call(deps, REPLAY, (await put(1, notice(1))).id)).toMatchObject({ outcome: 'handled' });
    expect(cases.handled.map(({ message }) => message.sequence)).toEqual([1, 2]);
  });

  it('of what its sender sent again and was handled meanwhile is a duplicate, whose receipt is due again', async () => {
    const { deps, put, armed } = chengdu();
    const [first, again] = [await put(1, notice(1)), await put(2, notice(1))];
    await call(deps, REPLAY, first.id);
    expect(await call(deps, REPLAY, again.id)).toMatchObject({ outcome: 'duplicate' });
    expect(armed).toEqual([`M#${uuid(1)}`]);
  });

  it('that fails again keeps the message, with the new reason, and may be tried again', async () => {
    const { deps, put, quarantine, armed } = chengdu();
    const row = await put(1, notice(1).replace('"creditedFen":0', '"creditedFen":"0"'));
    const answer = { id: row.id, outcome: 'quarantined', code: 'message.schema' };
    expect(await call(deps, REPLAY, row.id)).toEqual(answer);
    expect(await call(deps, REPLAY, row.id)).toEqual(answer);
    const [kept] = quarantine.rows.values();
    expect(kept).toEqual({ ...row, code: 'message.schema', path: 'data.creditedFen' });
    expect(armed).toEqual([]);
  });

  it('after the key of its sender was registered handles what was signed with it before', async () => {
    const late = aKeyPair({ validFrom: '2026-11-18T00:00:00.000Z' });
    const { deps, put } = chengdu();
    const row = await put(1, sealed(late.privateKey, aNoticeEvent()));
    const directory = { ...deps.directory, office: deps.directory.office, refresh: () => {} };
    const region = async () => aRegion({ code: HANGZHOU, signingKeys: [late.published] });
    expect(await call({ ...deps, directory: { ...directory, region } }, REPLAY, row.id)).toMatchObject({ outcome: 'handled' });
  });

  it('that meets a passing fault is an error, changes nothing, and may be tried again', async () => {
    const { deps, put, quarantine } = chengdu();
    const row = await put(1, notice(1));
    const cases = untouched<ExchangeApiDeps['cases']>('cases', { acceptMessage: () => Promise.reject(new Error('down')) });
    await expect(call({ ...deps, cases }, REPLAY, row.id)).rejects.toThrow('down');
    expect([...quarantine.rows.values()]).toEqual([row]);
    expect(await call(deps, REPLAY, row.id)).toMatchObject({ outcome: 'handled' });
  });

  it('is refused for what was handled since, because its sender sent it again', async () => {
    const { deps, put, quarantine } = chengdu();
    const row = await put(1, notice(1));
    quarantine.rows.set(`${row.PK}|${row.SK}`, { ...row, resolvedAt: RECEIVED });
    await expect(call(deps, REPLAY, row.id)).rejects.toThrow(refused('quarantine.already-replayed'));
  });

  it('is refused a second time', async () => {
    const { deps, put } = chengdu();
    const row = await put(1, notice(1));
    await call(deps, REPLAY, row.id);
    await expect(call(deps, REPLAY, row.id)).rejects.toThrow(refused('quarantine.already-replayed'));
  });

  it('of two at once is noted once, and the message handled once', async () => {
    const { deps, put, cases } = chengdu();
    const row = await put(1, notice(1));
    const both = await Promise.allSettled([call(deps, REPLAY, row.id), call(deps, REPLAY, row.id)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(cases.handled).toHaveLength(1);
  });

  it.each(['', 'x', '1763193605', '1763193605-', '1763193605-a#b', `99999999999999-${uuid(1)}`, `1763193605-${uuid(9)}`])(
    'of "%s" finds nothing',
    async (id) => {
      await expect(call(chengdu().deps, REPLAY, id)).rejects.toThrow(refused('quarantine.not-found'));
    },
  );

  it("of another region's message finds nothing", async () => {
    const { deps, put } = chengdu();
    const row = await put(1, notice(1), RECEIVED, HANGZHOU);
    await expect(call(deps, REPLAY, row.id)).rejects.toThrow(refused('quarantine.not-found'));
  });
});

it('a quarantine row fits its schema and names the same row for the same delivery', () => {
  const row = () =>
    quarantineRow({ region: CHENGDU, delivery: uuid(1), body: '{', receivedAt: RECEIVED, refusal: new Refusal('message.not-json', []) });
  expect(QuarantineRow.parse(row())).toEqual(row());
});
