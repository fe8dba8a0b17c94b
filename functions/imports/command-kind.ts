import type { ResultLine } from '../../schemas/imports.ts';
import { submit } from '../cases/commands-api.ts';
import type { CaseDeps } from '../cases/request.ts';
import { Refusal, sortFailure } from '../platform/errors.ts';
import type { ImportJobContext, ImportKindRunner } from '../platform/import-kind.ts';
import type { FileLine } from '../platform/lines.ts';
import { type Pause, shortPause } from '../platform/pause.ts';
import { inSequences } from '../platform/sequences.ts';
import { commandIn, keyOfLine, type LineCommand, sequenceOf } from './command-line.ts';

/** Lines to a part: a crash repeats no more commands than that, and a checkpoint for so many costs next to nothing. */
const PART = 200;
const AT_ONCE = 10;
const TRIES = 3;

/**
 * A file of commands, one to a line, each by the rules of single entry: the same checks, the same roles, and one command however often the line is
 * read (E1, E11).
 */
export const commandKind = (deps: CaseDeps, pause: Pause = shortPause): ImportKindRunner => ({
  hasHeader: false,
  partSize: PART,
  importPart: (job, lines) =>
    inSequences(
      lines.map((line) => understand(line, job)),
      ({ line, command }) => (command ? sequenceOf(command, line) : `line ${line}`),
      ({ line, command, refusal }) => (command ? give(deps, job, line, command, pause) : Promise.resolve(refusedLine(line, refusal))),
      AT_ONCE,
    ),
});

type Understood = { line: number } & ({ command: LineCommand; refusal?: undefined } | { command?: undefined; refusal: Refusal });

function understand({ line, text }: FileLine, { by }: ImportJobContext): Understood {
  try {
    return { line, command: commandIn(text, by.role) };
  } catch (error) {
    if (error instanceof Refusal) return { line, refusal: error };
    throw error;
  }
}

/** What the command came to. Throws what may pass with the next run, a busy case or a fault: nothing is settled then. */
async function give(deps: CaseDeps, job: ImportJobContext, line: number, command: LineCommand, pause: Pause): Promise<ResultLine> {
  const { region, by, importNumber } = job;
  const caller = { sub: by.subject, office: by.office, role: by.role };
  const key = keyOfLine(importNumber, line);
  for (let tries = 1; ; tries += 1) {
    try {
      const { caseNumber, status } = await submit(deps, { ...command, caller, region, key });
      return { line, outcome: 'done', caseNumber, status };
    } catch (error) {
      const failure = sortFailure(error);
      if (failure.kind === 'refuse') return refusedLine(line, failure.refusal, command);
      if (tries === TRIES) {
        if (isLasting(error)) return refusedLine(line, error, command);
        throw error;
      }
      await pause(tries);
    }
  }
}

/** A year enters the calendar when the State Council has published it, in no run of these hours: the other lines must not wait for it. */
const isLasting = (error: unknown): error is Refusal => error instanceof Refusal && error.code === 'calendar.year-missing';

const refusedLine = (line: number, { code, errors }: Refusal, command?: LineCommand): ResultLine => ({
  line,
  outcome: 'refused',
  ...(command?.caseNumber !== undefined && { caseNumber: command.caseNumber }),
  code,
  errors: [...errors],
});
