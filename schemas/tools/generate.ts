import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { CaseView, COMMAND_BODIES, QuarantineView, ReplayView, TimelineView, WorkListView } from '../api.ts';
import { Office, OfficeEntry, Region, RegionStatement } from '../directory.ts';
import { BusinessMessage, Message, ReceiptMessage } from '../messages.ts';
import { ProblemDetail } from '../problems.ts';
import { CommandAnswer } from '../rows.ts';

/**
 * Writes `schemas/json/*.schema.json` from the zod schemas; with `--check` writes nothing and exits 1 when a file is not current.
 * JSON Schema cannot say check digits or sums: a document that fits it may still be refused by field.
 */
const folder = new URL('../json/', import.meta.url);

const bodies = Object.entries(COMMAND_BODIES).map(([name, schema]): [string, z.ZodType] => [`command-${name}`, schema]);
const messages = [...BusinessMessage.options, ReceiptMessage].map((schema): [string, z.ZodType] => [
  schema.shape.type.value.replace('cn.jiexu.', 'message-').replace('.v1', '-v1'),
  schema,
]);
const schemas: [string, z.ZodType][] = [
  ...messages,
  ['message', Message],
  ...bodies,
  ['command-answer', CommandAnswer],
  ['case-view', CaseView],
  ['timeline-view', TimelineView],
  ['work-list-view', WorkListView],
  ['quarantine-view', QuarantineView],
  ['replay-view', ReplayView],
  ['office-entry', OfficeEntry],
  ['office', Office],
  ['region', Region],
  ['region-statement', RegionStatement],
  ['problem-detail', ProblemDetail],
];

const wanted = new Map(
  schemas.map(([name, schema]) => [
    `${name}.schema.json`,
    `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', reused: 'ref' }), null, 2)}\n`,
  ]),
);
await mkdir(folder, { recursive: true });
const present = new Map(
  await Promise.all((await readdir(folder)).map(async (file) => [file, await readFile(new URL(file, folder), 'utf8')] as const)),
);
const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter((file) => wanted.get(file) !== present.get(file));

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`Not current, run npm run schemas: ${stale.join(', ')}`);
    process.exitCode = 1;
  }
} else {
  for (const file of stale) {
    const text = wanted.get(file);
    await (text === undefined ? rm(new URL(file, folder)) : writeFile(new URL(file, folder), text));
  }
  console.log(`${wanted.size} schemas, ${stale.length} changed`);
}
