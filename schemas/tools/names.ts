import { readdir } from 'node:fs/promises';
import * as z from 'zod';

const folder = new URL('../', import.meta.url);

/** Names of the schemas: each is called as its module exports it, so that a generated document speaks the words of the code. */
export const names = z.registry<{ id: string }>();

for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()) {
  const module: Record<string, unknown> = await import(new URL(file, folder).href);
  for (const [id, schema] of Object.entries(module)) {
    if (schema instanceof z.ZodType) names.add(schema, { id });
  }
}

/** Name of an exported schema; throws for one that no module exports. */
export function nameOf(schema: z.ZodType): string {
  const name = names.get(schema)?.id;
  if (name === undefined) throw new Error('a schema that crosses the boundary must be exported from schemas/');
  return name;
}
