import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import { type Side, Side as Sides } from '../../schemas/codes.ts';
import type { Procedure, Transition } from '../../schemas/procedures.ts';

/**
 * Draws the transition tables into the READMEs, between their markers, so that a drawing can never say something else than the code.
 * `--check` writes nothing and exits 1 when a README is not current.
 */
const BEGIN = '<!-- drawn by npm run drawings: begin -->';
const END = '<!-- drawn by npm run drawings: end -->';

const node = (status: string) => status.replaceAll('-', '_');

function arrows({ command, from, to }: Transition): string[] {
  const starts = from.length === 0 ? ['[*]'] : from.map(node);
  return starts.flatMap((start) => to.map((end) => `  ${start} --> ${node(end)}: ${command}`));
}

function drawing({ transitions }: Procedure, side: Side): string {
  const rows = transitions.filter((row) => row.side === side);
  const last = rows.flatMap((row) => row.to).filter((status) => !rows.some((row) => row.to.length > 0 && row.from.includes(status)));
  const ends = [...new Set(last)].map((status) => `  ${node(status)} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', ...rows.flatMap(arrows), ...ends, '```'].join('\n');
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
