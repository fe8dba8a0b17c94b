import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evolve, type Folded } from '../../functions/cases/evolve.ts';
import { beginningOf, transitionOf } from '../../functions/cases/procedures/index.ts';
import { applyEntry, readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson, hashOf } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import { Role } from '../../schemas/codes.ts';
import { type Instant, Sha256 } from '../../schemas/primitives.ts';
import { CommandName } from '../../schemas/procedures.ts';
import { COMMANDS, caller, contextOf, IN_STEPS, messageFrom, move, NOW, OUT_STEPS, type Step } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';

const later = (seconds: number): Instant => toInstant(Date.parse(NOW) + seconds * 1000);
const fold = (entries: readonly TimelineEntry[]): Folded => entries.reduce<Folded>(applyEntry, undefined);

/** The timeline of a side, entry n recorded n seconds after the beginning. */
function timelineOf(steps: readonly Step[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  steps.reduce<Folded>((state, step, i) => {
    const moved = move(state, step, later(i + 1));
    entries.push(moved.entry);
    return moved.state;
  }, undefined);
  return entries;
}
const firstBroken = (entries: readonly unknown[], head: string) => readChain(entries, Sha256.parse(head)).brokenAt;
const ENTRIES = timelineOf(IN_STEPS);
const HEAD = ENTRIES.at(-1)!.hash;

/** All commands of 2016.1. */
const NAMES = CommandName.options.filter((name): name is keyof typeof COMMANDS => name in COMMANDS);
const anyStep = fc
  .record({
    region: fc.constantFrom(HANGZHOU, CHENGDU),
    name: fc.constantFrom(...NAMES),
    by: fc.constantFrom(...Role.options, 'message'),
  })
  .map(({ region, name, by }): Step => {
    const actor = by === 'message' ? messageFrom(region === HANGZHOU ? CHENGDU : HANGZHOU) : caller(region, Role.parse(by));
    return { command: COMMANDS[name], context: contextOf(region, { actor }) };
  });
/** Commands in any order, biased so that many are the next sensible one. */
const anySteps = fc.array(fc.oneof(anyStep, fc.constant('next' as const), fc.constant('next' as const)), { maxLength: 30 });

describe('any sequence of commands (E7)', () => {
  test.each([
    ['transferIn', IN_STEPS],
    ['transferOut', OUT_STEPS],
  ])('folding the events of %s gives the state that is stored, and the table is obeyed', (side, usual) => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        let state: Folded;
        let done = 0;
        const entries: TimelineEntry[] = [];
        for (const wanted of steps) {
          const step = wanted === 'next' ? usual[done % usual.length]! : wanted;
          const before = structuredClone(state);
          try {
            const moved = move(state, step);
            if (moved.state.side !== side) continue;
            const { name } = step.command;
            const { to } = (state ? transitionOf('2016.1', moved.state.side, name, state.status) : beginningOf(name, '2016.1'))!;
            expect(to.length === 0 ? [state?.status] : to).toContain(moved.state.status);
            state = moved.state;
            entries.push(moved.entry);
            done += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
            expect(state).toEqual(before);
          }
        }
        expect(fold(entries)).toEqual(state);
        if (!state) return;
        expect(state).toMatchObject({ version: entries.length, hash: entries.at(-1)?.hash });
        // What is stored and read again is the same: the schema knows every field and changes none.
        expect(TransferCase.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
        expect(TimelineEntry.array().parse(JSON.parse(JSON.stringify(entries)))).toEqual(entries);
        expect(firstBroken(entries, state.hash)).toBeUndefined();
        const terminated = entries.flatMap(({ events }) => events).filter(({ type }) => type === 'relation-terminated');
        const isTerminated = state.side === 'transferOut' && state.relation === 'terminated';
        expect(terminated, 'B7: terminated exactly once').toHaveLength(isTerminated ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the hash chain (E7)', () => {
  test('of an untouched timeline is whole', () => {
    expect(firstBroken(ENTRIES, HEAD)).toBeUndefined();
    expect(firstBroken(timelineOf(OUT_STEPS), timelineOf(OUT_STEPS).at(-1)!.hash)).toBeUndefined();
  });

  test('begins with zeros and links every entry to the one before', () => {
    expect(ENTRIES.map(({ previousHash }) => previousHash)).toEqual(['0'.repeat(64), ...ENTRIES.slice(0, -1).map(({ hash }) => hash)]);
  });

  test('shows a changed byte anywhere in any entry', () => {
    const place = fc.record({ entry: fc.nat({ max: ENTRIES.length - 1 }), at: fc.nat(), by: fc.integer({ min: 1, max: 127 }) });
    let tried = 0;
    fc.assert(
      fc.property(place, ({ entry, at, by }) => {
        const bytes = Buffer.from(canonicalJson(ENTRIES[entry]));
        bytes[at % bytes.length]! ^= by;
        let changed: TimelineEntry;
        try {
          changed = JSON.parse(bytes.toString('utf8'));
        } catch {
          return; // no JSON any more: reading it fails
        }
        if (canonicalJson(changed) === canonicalJson(ENTRIES[entry])) return;
        tried += 1;
        expect(firstBroken(ENTRIES.with(entry, changed), HEAD)).toBe(entry + 1);
      }),
      { numRuns: 1_000 },
    );
    expect(tried).toBeGreaterThan(500);
  });

  test.each([
    ['the last entry is missing', ENTRIES.slice(0, -1), ENTRIES.length],
    ['all entries are missing', [], 1],
    ['one in the middle is missing', ENTRIES.toSpliced(2, 1), 3],
    ['the first is missing', ENTRIES.slice(1), 1],
    ['two changed places', [ENTRIES[1]!, ENTRIES[0]!, ...ENTRIES.slice(2)], 1],
    ['one is there twice', ENTRIES.toSpliced(2, 0, ENTRIES[2]!), 4],
  ])('is broken when %s', (_case, entries, brokenAt) => expect(firstBroken(entries, HEAD)).toBe(brokenAt));

  // The schema trims what clerks type and drops nothing else, so these entries would be read as if nobody had touched them.
  const padded = (entry: TimelineEntry) => JSON.parse(JSON.stringify(entry).replace('"contact":"', '"contact":" '));
  const withContact = ENTRIES.findIndex((entry) => JSON.stringify(entry).includes('"contact":"'));
  test.each<[string, (entry: TimelineEntry) => unknown]>([
    ['a space before a name', padded],
    ['a field that no schema knows', (entry) => ({ ...entry, note: 'x' })],
    ['a command that no schema knows', (entry) => ({ ...entry, command: 'undo' })],
    ['a number for a text', (entry) => ({ ...entry, recordedAt: 1 })],
    ['a value that JSON cannot hold', (entry) => ({ ...entry, recordedAt: 1n })],
    ['nothing', () => undefined],
    ['no map', () => 'entry'],
  ])('shows an entry that became %s, with all before it', (_case, change) => {
    expect(withContact).toBeGreaterThan(-1);
    const stored: unknown[] = ENTRIES.with(withContact, change(ENTRIES[withContact]!) as TimelineEntry);
    expect(stored[withContact]).not.toEqual(ENTRIES[withContact]);
    expect(readChain(stored, HEAD)).toEqual({ entries: ENTRIES.slice(0, withContact), brokenAt: withContact + 1 });
  });

  test('shows an entry that breaks its schema though its hash is its own', () => {
    const { hash: _, ...content } = { ...ENTRIES.at(-1)!, command: 'undo' };
    const forged = { ...content, hash: hashOf(content) };
    expect(readChain([...ENTRIES.slice(0, -1), forged], forged.hash).brokenAt).toBe(ENTRIES.length);
  });

  test('rewritten whole and consistently does not end in the head that the case keeps', () => {
    const forged: TimelineEntry[] = [];
    for (const [i, { hash: _, ...entry }] of ENTRIES.entries()) {
      const content = { ...entry, previousHash: forged.at(-1)?.hash ?? entry.previousHash, ...(i === 3 && { recordedAt: later(3.5) }) };
      forged.push({ ...content, hash: hashOf(content) });
    }
    expect(firstBroken(forged, forged.at(-1)!.hash)).toBeUndefined();
    expect(firstBroken(forged, HEAD)).toBe(ENTRIES.length + 1);
  });
});

describe('a past state (E7)', () => {
  test('is that of every second there was', () => {
    expect(stateAt(ENTRIES, NOW)).toBeUndefined();
    for (const [i, entry] of ENTRIES.entries()) {
      expect(stateAt(ENTRIES, entry.recordedAt)).toEqual(fold(ENTRIES.slice(0, i + 1)));
      expect(stateAt(ENTRIES, later(i + 1.999))).toEqual(fold(ENTRIES.slice(0, i + 1)));
    }
    expect(stateAt(ENTRIES, later(86_400))).toEqual(fold(ENTRIES));
  });

  test('leaves no entry out when a slow clock dated one before its predecessor', () => {
    const slow = ENTRIES.with(2, { ...ENTRIES[2]!, recordedAt: later(1.5) });
    expect(stateAt(slow, later(1.5))).toEqual(fold(slow.slice(0, 3)));
    expect(stateAt(slow, later(1.4))).toEqual(fold(slow.slice(0, 1)));
  });
});

describe('a damaged timeline is a fault, not a state', () => {
  const stop = { type: 'clock-stopped', clock: 'complete', stoppedAt: NOW, late: false } as const;
  test.each([
    ['does not begin with a beginning', undefined, { type: 'accepted' as const }],
    ['stops a clock that never ran', fold(ENTRIES.slice(0, 1)), stop],
    [
      'has a step of the other side',
      fold(ENTRIES.slice(0, 1)),
      { type: 'relation-terminated' as const, terminatedOn: COMMANDS['confirm-termination'].terminatedOn },
    ],
    ['has a step of this side on the other', fold(timelineOf(OUT_STEPS)), { type: 'accepted' as const }],
  ])('when it %s', (_case, state, event) => expect(() => evolve(state, event, NOW)).toThrow(TypeError));

  test('when an entry has no events', () => expect(() => applyEntry(undefined, { ...ENTRIES[0]!, events: [] })).toThrow(TypeError));
});
