import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type BatchReport, benchBatch } from './batch.ts';
import { type BundleFigures, HOT, HOT_LIMIT_KB, measureBundles } from './bundles.ts';
import { benchCases, type PathReport } from './cases.ts';
import { benchEntitlement } from './entitlement.ts';
import { printBatch, printBundles, printCosts, printEntitlement, printRequests, printSpeed, printStatement } from './print.ts';
import { benchStatement, type StatementReport } from './statement.ts';

/** Files as large as the promises speak of; less for a quick look: `JIEXU_BENCH_LINES=2000 JIEXU_BENCH_ROWS=1000 JIEXU_BENCH_CASES=20 npm run bench`. */
const FULL_LINES = 100_000;
const FULL_ROWS = 50_000;
const LINES = Number(process.env.JIEXU_BENCH_LINES ?? FULL_LINES);
const ROWS = Number(process.env.JIEXU_BENCH_ROWS ?? FULL_ROWS);

const MOST_OVER_MINIMUM = 1.3;
const MOST_OVER_SINGLE_ENTRY = 1.1;
const LEAST_MATCHED = 0.99;
const MOST_MICROSECONDS = 50;

const say = (text: string) => process.stderr.write(`${text}\n`);

type Report = {
  paths: readonly PathReport[];
  statement: StatementReport;
  batch: BatchReport;
  entitlement: ReturnType<typeof benchEntitlement>;
  bundles: readonly BundleFigures[];
};

/** Promises that do not hold. */
function failuresOf({ paths, statement, batch, entitlement, bundles }: Report): string[] {
  const far = paths.flatMap(({ procedure, comparison }) =>
    comparison
      .filter(({ ratio }) => ratio > MOST_OVER_MINIMUM)
      .map(({ what, ratio }) => `${procedure}, ${what}: ${ratio} times the minimum`),
  );
  const large = bundles.filter(({ name, kilobytes }) => HOT.some((hot) => hot === name) && kilobytes > HOT_LIMIT_KB);
  const others: [boolean, string][] = [
    [statement.wrong > 0, `statement: ${statement.wrong} lines at the wrong case`],
    [statement.matchedShare < LEAST_MATCHED, `statement: ${statement.matchedShare} matched`],
    // A part that is repeated weighs more in a small file.
    [batch.rows >= FULL_ROWS && batch.ratio > MOST_OVER_SINGLE_ENTRY, `batch: ${batch.ratio} times single entry`],
    [entitlement.microseconds > MOST_MICROSECONDS, `entitlement: ${entitlement.microseconds} µs`],
  ];
  return [
    ...far,
    ...others.filter(([isBroken]) => isBroken).map(([, failure]) => failure),
    ...large.map(({ name, kilobytes }) => `${name}: ${kilobytes} KB`),
  ];
}

async function measure(): Promise<Report> {
  const paths = await benchCases();
  say(`Reading a statement of ${LINES} lines …`);
  const statement = await benchStatement(LINES);
  say(`Running a batch of ${ROWS} rows …`);
  const batch = await benchBatch(ROWS);
  say('Assessing benefits …');
  const entitlement = benchEntitlement();
  say('Measuring the bundles …');
  return { paths, statement, batch, entitlement, bundles: await measureBundles() };
}

const machine = { cores: availableParallelism(), node: process.version };
const measured = await measure();
const report = { at: new Date().toISOString(), machine, ...measured };
const file = resolve(import.meta.dirname, '../../.local/bench.json');
mkdirSync(resolve(file, '..'), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
for (const path of report.paths) {
  printRequests(path);
  printCosts(path);
  printSpeed({ ...path, machine });
}
printStatement(report.statement);
printBatch(report.batch);
printEntitlement(report.entitlement);
printBundles(report.bundles);
for (const failure of failuresOf(measured)) {
  say(failure);
  process.exitCode = 1;
}
process.stdout.write(`\n${JSON.stringify(report)}\n`);
