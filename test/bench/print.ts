import type { BatchReport } from './batch.ts';
import { type BundleFigures, HOT, HOT_LIMIT_KB } from './bundles.ts';
import type { StatementReport } from './statement.ts';

const out = (line = '') => void process.stdout.write(`${line}\n`);
const fixed = (value: number, digits = 1) => value.toFixed(digits);

/** A table in Markdown, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  out(line(head));
  out(`|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`);
  for (const row of rows) out(line(row));
}

type Requests = {
  procedure: string;
  cases: number;
  requests: Record<string, number>;
  comparison: { what: string; measured: number; minimum: number; ratio: number }[];
  invocations: Record<string, number>;
  queues: { received: Record<string, number>; deleted: Record<string, number> };
  writeUnits: number;
  readUnits: number;
  largestCaseBytes: number;
};

export function printRequests({ procedure, cases, requests, comparison, invocations, queues, ...units }: Requests): void {
  out(`\n## Procedure ${procedure}\n`);
  out(`Per case handed over, mean of ${cases} cases. Polls that find nothing are not counted: they cost the same without cases.\n`);
  const rows = Object.entries(requests).sort(([a], [b]) => (a < b ? -1 : 1));
  table(
    ['request', 'per case'],
    [
      ...rows.map(([name, count]) => [name, fixed(count, 2)]),
      ['SQS ReceiveMessage + DeleteMessageBatch, send queue', fixed((queues.received.dispatch ?? 0) + (queues.deleted.dispatch ?? 0), 2)],
      ['SQS ReceiveMessage + DeleteMessageBatch, inboxes', fixed((queues.received.receive ?? 0) + (queues.deleted.receive ?? 0), 2)],
      ['S3', '0.00'],
      ['DynamoDB write units', fixed(units.writeUnits)],
      ['DynamoDB read units', fixed(units.readUnits)],
      ...Object.entries(invocations).map(([name, count]) => [`Lambda invocations, ${name}`, fixed(count, 2)]),
    ],
  );
  out(
    `\nLargest copy of a case read: ${units.largestCaseBytes} bytes. Against the minimum that the design implies (test/bench/minimum.ts):\n`,
  );
  table(
    ['what', 'measured', 'minimum', 'ratio'],
    comparison.map(({ what, measured, minimum, ratio }) => [what, fixed(measured, 2), fixed(minimum, 2), fixed(ratio, 2)]),
  );
}

type Costs = { prices: { asOf: string; region: string }; costs: Record<'busy' | 'quiet', Record<string, number>> };

export function printCosts({ prices: { asOf, region }, costs }: Costs): void {
  out(`\nUS dollars per 1,000 cases, list prices of ${region} on ${asOf}. Busy: batches as in this run; quiet: everything comes alone.\n`);
  table(
    ['service', 'busy', 'quiet'],
    Object.keys(costs.busy).map((service) => [service, fixed(costs.busy[service] ?? 0, 4), fixed(costs.quiet[service] ?? 0, 4)]),
  );
}

type Speed = { speed: Record<string, number>; machine: { cores: number; node: string } };

export function printSpeed({ speed, machine }: Speed): void {
  out(`\nSpeed on this machine (${machine.cores} cores shared with the local AWS, Node ${machine.node})\n`);
  table(
    ['', 'cases per second', 'seconds'],
    [
      ['product', fixed(speed.casesPerSecond ?? 0, 2), fixed(speed.seconds ?? 0)],
      ['floor: the same requests raw', fixed(speed.floorCasesPerSecond ?? 0, 2), fixed(speed.floorSeconds ?? 0)],
      ['ratio', fixed(speed.ratio ?? 0, 2), ''],
    ],
  );
  out(`\nThe floor sent ${speed.floorRequests} requests; ${speed.floorFailed} conditions did not hold because their turn came too early.`);
}

export function printBundles(bundles: readonly BundleFigures[]): void {
  out(`\nBundles, minified; import in a fresh process, best of several. Hot functions: at most ${HOT_LIMIT_KB} KB.\n`);
  table(
    ['function', 'KB', 'import ms', 'ratio', 'hot'],
    bundles.map(({ name, kilobytes, importMs, ratio }) => {
      const hot = HOT.some((known) => known === name);
      return [name, fixed(kilobytes, 0), fixed(importMs, 0), fixed(ratio, 2), hot ? (kilobytes <= HOT_LIMIT_KB ? 'yes' : 'TOO LARGE') : ''];
    }),
  );
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

export function printStatement({ rows, cases, names, amounts, requests, unmatchedByReason, ...figures }: StatementReport): void {
  out('\n## Bank statement\n');
  out(`${rows} lines against ${cases} cases that await money; ${names} names and ${amounts} amounts among them. DynamoDB Local.\n`);
  table(
    ['what', 'measured'],
    [
      ['matched by reference', percent(figures.matchedShare)],
      ['at the wrong case', String(figures.wrong)],
      ...Object.entries(unmatchedByReason).map(([reason, lines]) => [`not matched: ${reason}`, String(lines)]),
      ['requests per line', fixed(figures.requestsPerRow, 3)],
      ...Object.entries(requests).map(([name, count]) => [`… DynamoDB ${name.replace(/Command$/, '')}`, fixed(count / rows, 3)]),
      ['requests per line, the same file again', fixed(figures.repeatRequestsPerRow, 3)],
      ['milliseconds per line', fixed((1_000 * figures.seconds) / rows, 3)],
      ['… of which checking the file', fixed((1_000 * figures.checkSeconds) / rows, 3)],
      ['… floor: the same writes raw', fixed((1_000 * figures.floorSeconds) / rows, 3)],
      ['ratio to the floor', fixed(figures.seconds / figures.floorSeconds, 2)],
    ],
  );
}

export function printBatch({ rows, requestsPerRow, singleEntry, ratio, seconds, resumedAt, requests }: BatchReport): void {
  out('\n## Batch of commands\n');
  out(`${rows} openings by file, stopped and resumed after line ${resumedAt}, against the same command one by one. DynamoDB Local.\n`);
  table(
    ['what', 'measured'],
    [
      ['requests per row', fixed(requestsPerRow, 3)],
      ...Object.entries(requests).map(([name, count]) => [`… ${name}`, fixed(count / rows, 3)]),
      ['requests per command given singly', fixed(singleEntry, 3)],
      ['ratio', fixed(ratio, 3)],
      ['milliseconds per row', fixed((1_000 * seconds) / rows, 3)],
    ],
  );
}

export function printEntitlement({ microseconds, evaluations }: { microseconds: number; evaluations: number }): void {
  out('\n## Assessment of benefits\n');
  out(`${fixed(microseconds)} µs each, mean of ${evaluations}, explanation included.`);
}
