import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import { type Side, Side as Sides } from '../../schemas/codes.ts';
import { isFinal, type Procedure, type Transition } from '../../schemas/procedures.ts';

/**
 * Draws the transition tables into the READMEs, between their markers, so that a drawing can never say something else than the code.
 * `--check` writes nothing and exits 1 when a README is not current.
 */
const BEGIN = '<!-- drawn by npm run drawings: begin -->';
const END = '<!-- drawn by npm run drawings: end -->';

const node = (status: string) => status.replaceAll('-', '_');

/** Arrows that change the status; commands between the same two statuses share one. */
function arrows(rows: readonly Transition[]): string[] {
  const commands = new Map<string, string[]>();
  for (const { command, from, to } of rows) {
    for (const start of from.length === 0 ? ['[*]'] : from.map(node)) {
      for (const end of to.map(node)) {
        if (start === end) continue;
        const line = `  ${start} --> ${end}`;
        commands.set(line, [...(commands.get(line) ?? []), command]);
      }
    }
  }
  return [...commands].map(([line, names]) => `${line}: ${names.join(', ')}`);
}

/** Commands that leave the status as it is, with where they are possible. */
function staying(rows: readonly Transition[]): string {
  const possible = new Map<string, string[]>();
  for (const { command, from, to, stays } of rows) {
    const where = from.filter((status) => to.length === 0 || stays === true || to.includes(status));
    if (where.length > 0) possible.set(command, [...(possible.get(command) ?? []), ...where]);
  }
  const lines = [...possible].map(([command, where]) => `| \`${command}\` | ${where.map((status) => `\`${status}\``).join(' ')} |`);
  return ['| command that may keep the status | in |', '|---|---|', ...lines].join('\n');
}

function drawing({ transitions }: Procedure, side: Side): string {
  const rows = transitions.filter((row) => row.side === side);
  const reached = [...new Set(rows.flatMap((row) => row.to))];
  const ends = reached.filter(isFinal).map((status) => `  ${node(status)} --> [*]`);
  const drawn = ['```mermaid', 'stateDiagram-v2', ...arrows(rows), ...ends, '```'].join('\n');
  return `${drawn}\n\n<details><summary>${side}: commands that keep the status</summary>\n\n${staying(rows)}\n\n</details>`;
}

function clockTable({ clocks }: Procedure): string {
  const rows = clocks.map(({ name, owedBy, days, article }) => `| \`${name}\` | ${owedBy} | ${days} | ${article} |`);
  return ['| clock | owed by | working days | source |', '|---|---|---|---|', ...rows].join('\n');
}

const drawn = Object.values(PROCEDURES)
  .map((procedure) => {
    const sides = Sides.options.map((side) => `**${side}**\n\n${drawing(procedure, side)}`);
    return [`#### \`${procedure.id}\` ${procedure.title}`, ...sides, clockTable(procedure)].join('\n\n');
  })
  .join('\n\n');

for (const name of ['README.md', 'README.zh-CN.md']) {
  const file = resolve(import.meta.dirname, '../..', name);
  const text = readFileSync(file, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${name} has no markers for the drawings`);
  const wanted = `${text.slice(0, before)}${BEGIN}\n${drawn}\n${text.slice(after)}`;
  if (wanted === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} is not current, run npm run drawings`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, wanted);
  }
}
