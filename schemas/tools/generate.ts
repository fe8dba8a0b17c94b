import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { COMMAND_BODIES, ROUTES } from '../api.ts';
import { BusinessMessage, Message, ReceiptMessage } from '../messages.ts';
import { ProblemDetail } from '../problems.ts';
import { shapeOf } from '../route-shapes.ts';
import { nameOf } from './names.ts';
import { openApi } from './openapi.ts';

/**
 * Writes `schemas/json/*.schema.json` and `schemas/json/openapi.json` from the zod schemas; with `--check` writes nothing and exits 1 when a
 * file is not current. JSON Schema cannot say check digits or sums: a document that fits it may still be refused by field.
 */
const folder = new URL('../json/', import.meta.url);

const bodies = Object.entries(COMMAND_BODIES).map(([name, schema]): [string, z.ZodType] => [`command-${name}`, schema]);
const messages = [...BusinessMessage.options, ReceiptMessage].map((schema): [string, z.ZodType] => [
  schema.shape.type.value.replace('cn.jiexu.', 'message-').replace(/\.(v\d+)$/, '-$1'),
  schema,
]);
/** What the routes take and answer beside the bodies of commands, under the names of the code: `CaseView` → `case-view`. */
const shapes = ROUTES.map((route) => ({ route, shape: shapeOf(route) })).flatMap(({ route, shape }) =>
  shape.body && !route.command ? [shape.answer, shape.body] : [shape.answer],
);
const named = [...shapes, ProblemDetail].map((schema): [string, z.ZodType] => [
  nameOf(schema)
    .replace(/(?!^)(?=[A-Z])/g, '-')
    .toLowerCase(),
  schema,
]);

const wanted = new Map(
  [...messages, ['message', Message] as const, ...bodies, ...named].map(([name, schema]): [string, unknown] => [
    `${name}.schema.json`,
    z.toJSONSchema(schema, { io: 'input', reused: 'ref' }),
  ]),
);
wanted.set('openapi.json', openApi());

await mkdir(folder, { recursive: true });
const present = new Map(
  await Promise.all((await readdir(folder)).map(async (file) => [file, await readFile(new URL(file, folder), 'utf8')] as const)),
);
const textOf = (file: string): string | undefined => (wanted.has(file) ? `${JSON.stringify(wanted.get(file), null, 2)}\n` : undefined);
const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter((file) => textOf(file) !== present.get(file));

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`Not current, run npm run schemas: ${stale.join(', ')}`);
    process.exitCode = 1;
  }
} else {
  for (const file of stale) {
    const text = textOf(file);
    await (text === undefined ? rm(new URL(file, folder)) : writeFile(new URL(file, folder), text));
  }
  console.log(`${wanted.size} schemas, ${stale.length} changed`);
}
