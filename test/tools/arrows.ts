import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Path relative to the project root (forward slashes) → source text. */
export type SourceFiles = ReadonlyMap<string, string>;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** Path of the imported file if it is one of ours. */
  readonly target: string | undefined;
}

type Graph = ReadonlyMap<string, readonly Import[]>;

const RULES = ['calendar', 'platform', 'schemas'];
const CASES = ['directory', ...RULES];
const EFFECTS = ['cases', ...CASES];
/** What each area may import besides itself. `directory` stores the records that the pure `calendar` reads, hence that one arrow. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  platform: ['schemas'],
  calendar: ['platform', 'schemas'],
  directory: RULES,
  cases: CASES,
  exchange: EFFECTS,
  deadlines: EFFECTS,
  archive: EFFECTS,
  vouchers: EFFECTS,
  money: EFFECTS,
  imports: ['money', ...EFFECTS],
  infra: ['exchange', 'deadlines', 'archive', 'vouchers', 'money', 'imports', ...EFFECTS],
  test: ['infra', 'exchange', 'deadlines', 'archive', 'vouchers', 'money', 'imports', ...EFFECTS],
};

const PURE = /^(schemas\/|functions\/calendar\/|functions\/cases\/(procedures\/|decide[^/]*\.ts$|(evolve|clocks|timeline)\.ts$))/;
const STORE = /^functions\/.*store[^/]*\.ts$/;
const AWS = /^(@aws-|aws-)/;
const MIDDY = /^@middy\//;

const IMPORT = /^[ \t]*(?:import|export)\s+(type\s)?(?:[\w$*{}\s,]+?\sfrom\s+)?['"]([^'"\n]+)['"]/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"\n]+)['"]/g;

/** Area of a path: the folder below `functions/`, else the top folder. */
const areaOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/');
  return top === 'functions' ? second : top;
};

const importsOf = (path: string, source: string, files: SourceFiles): Import[] => {
  const found = [
    ...[...source.matchAll(IMPORT)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...source.matchAll(DYNAMIC_IMPORT)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
  return found.map(({ specifier, typeOnly }) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    return { specifier, typeOnly, target: target !== undefined && files.has(target) ? target : undefined };
  });
};

const arrowViolations = (graph: Graph): string[] =>
  [...graph].flatMap(([path, imports]) => {
    const from = areaOf(path);
    const allowed = ALLOWED[from];
    if (allowed === undefined) return [`${path}: unknown area ${from}`];
    return imports.flatMap(({ target }) => {
      const to = target === undefined ? from : areaOf(target);
      return to === from || allowed.includes(to) ? [] : [`${path}: ${from} must not import ${to} (${target})`];
    });
  });

/** The shortest way from a file to a package, following what remains at run time after types are erased. */
const wayTo = (start: string, wanted: RegExp, graph: Graph): string[] | undefined => {
  const queue: string[][] = [[start]];
  const seen = new Set([start]);
  for (const way of queue) {
    for (const { specifier, typeOnly, target } of graph.get(way.at(-1) ?? '') ?? []) {
      if (wanted.test(specifier) && !(typeOnly && way.length > 1)) return [...way, specifier];
      if (target === undefined || typeOnly || seen.has(target)) continue;
      seen.add(target);
      queue.push([...way, target]);
    }
  }
  return undefined;
};

const schemaViolations = (graph: Graph): string[] =>
  [...graph].flatMap(([path, imports]) =>
    !path.startsWith('schemas/') || path.startsWith('schemas/tools/')
      ? []
      : imports
          .filter(({ specifier }) => !specifier.startsWith('.') && specifier !== 'zod')
          .map(({ specifier }) => `${path}: schemas import zod only (${specifier})`),
  );

const layerViolations = (graph: Graph): string[] =>
  [...graph.keys()].flatMap((path) => {
    const aws = PURE.test(path) ? wayTo(path, AWS, graph) : undefined;
    const middy = PURE.test(path) || STORE.test(path) ? wayTo(path, MIDDY, graph) : undefined;
    return [
      ...(aws === undefined ? [] : [`${path}: pure file reaches AWS (${aws.join(' → ')})`]),
      ...(middy === undefined ? [] : [`${path}: rules and stores must not reach middy (${middy.join(' → ')})`]),
    ];
  });

const cycleViolations = (graph: Graph): string[] => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) cycles.push(`import cycle: ${[...way.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const { target } of graph.get(path) ?? []) if (target !== undefined) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
};

/** Every breach of the allowed arrows, the layer rules and the ban on import cycles (type imports included), as one line each. */
export const findViolations = (files: SourceFiles): string[] => {
  const graph: Graph = new Map([...files].map(([path, source]) => [path, importsOf(path, source, files)]));
  return [...arrowViolations(graph), ...schemaViolations(graph), ...layerViolations(graph), ...cycleViolations(graph)];
};

/** Reads all TypeScript sources of the project below the given root. */
export const readSources = (root: string): SourceFiles =>
  new Map(
    ['schemas', 'functions', 'infra', 'test']
      .flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(top, name)))
      .filter((path) => path.endsWith('.ts') && !path.includes('node_modules/'))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
