import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { isFinal, type ProcedureId } from '../../schemas/procedures.ts';
import { disagreements } from '../support/agreement.ts';
import { WUHAN } from '../support/cases.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { beginningBy, commandBy, type Dice, diceOf } from '../support/random-clerks.ts';

const HOUR_MS = 3_600_000;
const HOW_MUCH = { command: 48, deliver: 42, begin: 5, time: 5 };
type Kind = keyof typeof HOW_MUCH;
type Step = { kind: Kind; seed: number };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(...Object.entries(HOW_MUCH).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) }))),
  seed: fc.noShrink(fc.nat()),
});
/** Somebody comes to a window, and then anything happens. */
const schedule = fc
  .tuple(fc.noShrink(fc.nat()), fc.array(step, { maxLength: 60, size: 'max' }))
  .map(([seed, steps]): Step[] => [{ kind: 'begin', seed }, ...steps]);

/** What all runs together came to see. */
type Seen = { done: number; refused: number; commands: Set<string>; endings: Set<string> };
/** One run: `told` says what happened in it, for the reader of a counterexample. */
type Run = { exchange: PureExchange; family: '2016' | '2021'; told: string[]; seen: Seen };

function play(family: Run['family'], steps: readonly Step[], seen: Seen): Run {
  const run: Run = { exchange: new PureExchange({ family }), family, told: [], seen };
  // In every other run one region has software that does not know every message (A15).
  if ((steps[0]?.seed ?? 0) % 2 === 1) run.exchange.restate(WUHAN, { messages: ['cn.jiexu.liaison-letter.v1'] });
  for (const { kind, seed } of steps) ACTS[kind](run, diceOf(seed));
  run.exchange.deliverAll();
  for (const { side, status, region, caseNumber } of run.exchange.cases()) {
    seen.endings.add(`${side} ${status}`);
    for (const { command } of run.exchange.entries(region, caseNumber)) seen.commands.add(`${side} ${command}`);
  }
  return run;
}

const ACTS: Record<Kind, (run: Run, dice: Dice) => void> = {
  time: ({ exchange }, dice) => exchange.advance((1 + dice(72)) * HOUR_MS),
  /** Half of what is delivered overtakes something; now and then a duplicate stays under way. */
  deliver: ({ exchange, told }, dice) => {
    const { inFlight } = exchange;
    if (inFlight.length === 0) return;
    const index = dice(2) * dice(inFlight.length);
    const keep = dice(100) < 15;
    const parcel = inFlight[index]!;
    const what = parcel.kind === 'message' ? `${parcel.message.type} #${parcel.message.sequence}` : `receipt of ${parcel.type}`;
    told.push(`${what} of ${parcel.caseNumber}, ${parcel.from} → ${parcel.to}${keep ? ', not for the last time' : ''}`);
    exchange.deliver(index, keep);
  },
  begin: ({ exchange, family, told }, dice) => {
    const { region, command, by } = beginningBy(exchange, family, dice);
    if (allowed(() => exchange.begin(region, command, by))) told.push(`${command.name} at ${region}`);
  },
  command: ({ exchange, told, seen }, dice) => {
    const chosen = commandBy(exchange, dice);
    if (!chosen) return;
    const { region, caseNumber, command, by } = chosen;
    const isDone = allowed(() => exchange.give(region, caseNumber, command, by));
    seen[isDone ? 'done' : 'refused'] += 1;
    if (isDone) told.push(`${command.name} at ${region} of ${caseNumber}`);
  },
};

/** What a clerk typed may be refused; what he was offered is never out of place (G1). */
function allowed(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'case.wrong-state') return false;
    throw error;
  }
}

const FAMILIES = [
  { family: '2016', procedure: '2016.2' },
  { family: '2021', procedure: '2021.1' },
] as const satisfies { family: Run['family']; procedure: ProcedureId }[];

describe.each(FAMILIES)(
  'whatever clerks and queues do under $procedure (A10, A15, B5, B7, B13, B15, D1, D2, E2, F2)',
  ({ family, procedure }) => {
    const { transitions } = PROCEDURES[procedure];

    test('both sides agree in the end, no relation is worked on twice, and every clock is stopped or owned', { timeout: 120_000 }, () => {
      const seen: Seen = { done: 0, refused: 0, commands: new Set(), endings: new Set() };
      fc.assert(
        fc.property(schedule, (steps) => {
          const { exchange, told } = play(family, steps, seen);
          expect(disagreements(exchange), told.join('\n')).toEqual([]);
        }),
        { numRuns: 800, seed: 20_160_617 },
      );
      // Else the runs would have shown little: every command of the procedure was given or received, and every ending reached.
      const commands = new Set(transitions.map(({ side, command }) => `${side} ${command}`));
      const endings = new Set(transitions.flatMap(({ side, to }) => to.filter(isFinal).map((status) => `${side} ${status}`)));
      expect([...commands].filter((command) => !seen.commands.has(command))).toEqual([]);
      expect([...endings].filter((ending) => !seen.endings.has(ending))).toEqual([]);
      expect(seen.done / (seen.done + seen.refused)).toBeGreaterThan(0.8);
    });
  },
);
