import { expect } from 'vitest';
import { undelivered } from '../../functions/cases/decide-after.ts';
import { clockKey } from '../../functions/cases/keys.ts';
import { caseRow, clockChanges, noticeChanges } from '../../functions/cases/rows.ts';
import { applyEntry, readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { isFinal } from '../../schemas/procedures.ts';
import type { TestNetwork } from './network.ts';

type Row = Record<string, unknown>;

/**
 * The row of a case and those of its clocks and notices, made from nothing but its timeline (B17). A clock's row is changed by whoever alerts, a
 * notice's by whoever publishes it; where nobody did, they follow from the entries.
 */
export function rebuilt(entries: readonly TimelineEntry[]): Row[] {
  const besides = new Map<string, Row>();
  let state: TransferCase | undefined;
  for (const entry of entries) {
    state = applyEntry(state, entry);
    const { started, stopped } = clockChanges(state, entry.events);
    const { created, delivered } = noticeChanges(state, entry.events, entry.recordedAt);
    for (const row of [...started, ...created]) besides.set(row.SK, row);
    for (const { key, stoppedAt } of stopped) besides.set(key.SK, { ...unwatched(besides.get(key.SK)), stoppedAt });
    for (const { key, delivery } of delivered) {
      const { workOffice: _, workDue: __, ...notice } = unwatched(besides.get(key.SK));
      besides.set(key.SK, { ...notice, delivered: { ...delivery, at: entry.recordedAt, by: subjectOf(entry) } });
    }
  }
  return state ? [caseRow(state), ...besides.values()] : [];
}

const unwatched = ({ alertShard: _, nextAlert: __, ...row }: Row = {}): Row => row;
const subjectOf = ({ actor }: TimelineEntry) => (actor.kind === 'message' ? actor.region : actor.subject);

const bySortKey = (rows: readonly Row[]) => rows.map((row) => canonicalJson(row)).sort();
const isRebuilt = ({ SK }: Row) => SK === 'CASE' || /^[KE]#/.test(String(SK));

/** The rows of case, clocks and notices as they are stored equal those that the timeline makes, byte for byte. */
export async function expectRestorable(network: TestNetwork, region: RegionCode, caseNumber: string): Promise<void> {
  const [rows, entries] = [await network.rows(region, caseNumber), await network.timeline(region, caseNumber)];
  expect(bySortKey(rows.filter(isRebuilt))).toEqual(bySortKey(rebuilt(entries)));
}

/**
 * What must hold of every copy once everything has arrived, whichever road it went: the chain is whole and makes the state and its rows, nothing waits
 * or is unconfirmed, and every clock has stopped or, while the case goes on, has an owner and its alert. Word of the result may be given later.
 */
export async function expectSound(network: TestNetwork, region: RegionCode, caseNumber: string): Promise<TransferCase> {
  const state = await network.case(region, caseNumber);
  if (!state) throw new Error(`${region} has no copy of ${caseNumber}`);
  const [rows, entries] = [await network.rows(region, caseNumber), await network.timeline(region, caseNumber)];
  expect(readChain(entries, state.hash)).toEqual({ entries, brokenAt: undefined });
  expect(canonicalJson(stateAt(entries, network.clock.now()))).toBe(canonicalJson(state));
  await expectRestorable(network, region, caseNumber);
  expect(rows.filter(({ SK }) => String(SK).startsWith('P#'))).toEqual([]);
  expect(rows.filter(({ pendingShard }) => pendingShard !== undefined)).toEqual([]);
  const running = Object.entries(state.clocks).filter(([, { stoppedAt }]) => stoppedAt === undefined);
  if (isFinal(state.status)) expect(running.filter(([name]) => name !== 'tell-result')).toEqual([]);
  const watched = rows.filter(({ alertShard, kind }) => alertShard !== undefined && kind !== 'notice');
  const runs: Partial<Record<string, number>> = state.runs ?? {};
  const keys = running.map(([name]) => clockKey(region, state.caseNumber, name as never, runs[name]).SK);
  expect(watched.map(({ SK }) => SK).sort()).toEqual(keys.sort());
  const waiting = rows
    .filter(({ kind, workOffice }) => kind === 'notice' && workOffice !== undefined)
    .map(({ notice, to }) => [notice, to]);
  expect(waiting.sort()).toEqual(
    undelivered(state)
      .map(({ kind, to }) => [kind, to])
      .sort(),
  );
  for (const [, { owner }] of running) expect([state.region, state.counterpart]).toContain(owner);
  return state;
}
