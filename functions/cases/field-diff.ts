import type { FieldChange } from '../../schemas/events.ts';

type Leaves = Map<string, string>;

/** What differs between two versions of a document: JSON paths in order, with both values as JSON text (B3, B9). Pure. */
export function fieldDiff(before: unknown, after: unknown): FieldChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path)).sort();
  return paths.map((field) => ({ field, ...valued('before', old.get(field)), ...valued('after', now.get(field)) }));
}

const valued = <K extends 'before' | 'after'>(key: K, value: string | undefined) => (value === undefined ? {} : { [key]: value });

function leavesOf(value: unknown, path = ''): Leaves {
  if (typeof value !== 'object' || value === null) return value === undefined ? new Map() : new Map([[path, JSON.stringify(value)]]);
  const entries = Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, path === '' ? key : `${path}.${key}`)]);
  return new Map(entries);
}
