import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { TestNetwork } from '../support/network.ts';
import { type LocalAwsForTests, startAwsForTests } from '../support/network-infra.ts';
import { PLOT_2016, PLOT_2021, type Plot, people, playStories } from '../support/network-story.ts';
import { type BundleFigures, HOT, HOT_LIMIT_KB, measureBundles } from './bundles.ts';
import { costOfThousand, total, type Usage } from './cost.ts';
import { measureFloor } from './floor.ts';
import { invocationsMinimum, MINIMUM_2016, MINIMUM_2021, type Minimum, sqsMinimum } from './minimum.ts';
import prices from './prices.json' with { type: 'json' };
import { printBundles, printCosts, printRequests, printSpeed } from './print.ts';
import { tallyWatch } from './tally.ts';

const CASES = 200;
const WARM_UP = 20;
const MOST_OVER_MINIMUM = 1.3;
const REGIONS = [HANGZHOU, CHENGDU];
/** Timestamp, service, level names and trace id that the logger adds to a line. */
const POWERTOOLS_BYTES = 160;

const say = (text: string) => process.stderr.write(`${text}\n`);

type Path = { procedure: string; plot: Plot; online: typeof REGIONS; minimum: Minimum };

/** The usual way of a case under either procedure; regions are online for that of 2021 only. */
const PATHS: readonly Path[] = [
  { procedure: '2016.2', plot: PLOT_2016, online: [], minimum: MINIMUM_2016 },
  { procedure: '2021.1', plot: PLOT_2021, online: REGIONS, minimum: MINIMUM_2021 },
];

async function bench(aws: LocalAwsForTests, { procedure, plot, online, minimum }: Path) {
  const watch = tallyWatch();
  const network = await TestNetwork.start({
    endpoint: aws.endpoint,
    infra: aws.infra,
    name: `bench-${procedure}`,
    regions: REGIONS,
    capabilities: { online },
    start: 'now',
    watch,
  });
  const travel = () => network.settle();
  say(`${procedure}: warming up with ${WARM_UP} cases …`);
  await playStories(network, people(1, WARM_UP), { travel, plot });

  say(`${procedure}: running ${CASES} cases …`);
  const before = structuredClone(network.pump.counts);
  const linesBefore = network.seen.lines.length;
  watch.start();
  const start = performance.now();
  const stories = await playStories(network, people(1_000, CASES), { travel, plot });
  const seconds = (performance.now() - start) / 1_000;
  const tally = structuredClone(watch.tally());
  const recorded = [...watch.requests()];
  const { invocations, received, deleted } = difference(network.pump.counts, before);
  const lines = network.seen.lines.slice(linesBefore);

  for (const { caseNumber } of stories) {
    const [there, here] = [await network.case(HANGZHOU, caseNumber), await network.case(CHENGDU, caseNumber)];
    if (there?.status !== 'completed' || here?.status !== 'closed') throw new Error(`case ${caseNumber} is not over`);
    if (there.procedure !== procedure || here.procedure !== procedure) throw new Error(`case ${caseNumber} follows ${there.procedure}`);
  }
  if ((await network.pending()) > 0) throw new Error('messages are pending');
  network.close();

  say(`${procedure}: sending the same requests raw …`);
  const floor = await measureFloor(aws.endpoint, aws.infra, REGIONS, recorded, { account: network.account, resources: network.resources });

  const perCase = (count: number) => count / CASES;
  const requests = Object.fromEntries(Object.entries(tally.requests).map(([name, count]) => [name, perCase(count)]));
  const ofService = (service: string, but = 'none') =>
    Object.entries(requests).reduce((sum, [name, n]) => (name.startsWith(service) && !name.endsWith(but) ? sum + n : sum), 0);
  const logBytes = perCase(lines.reduce((sum, line) => sum + JSON.stringify(line).length + POWERTOOLS_BYTES, 0));
  const busy: Usage = {
    writeUnits: perCase(tally.writeUnits),
    readUnits: perCase(tally.readUnits),
    fifoRequests: perCase(tally.fifoSends + received.receive + deleted.receive),
    standardRequests: perCase(tally.standardSends + received.dispatch + deleted.dispatch),
    signatures: requests['KMS Sign'] ?? 0,
    macs: requests['KMS GenerateMac'] ?? 0,
    invocations: minimum.commands + perCase(invocations.relay + invocations.dispatch + invocations.receive),
    httpRequests: minimum.commands,
    logBytes,
  };
  const quiet: Usage = {
    ...busy,
    fifoRequests: minimum.travelling * 3,
    standardRequests: minimum.travelling * 3,
    invocations: invocationsMinimum(minimum, 1),
  };
  const sqs = busy.fifoRequests + busy.standardRequests;
  return {
    procedure,
    cases: CASES,
    requests,
    queues: { received: mapValues(received, perCase), deleted: mapValues(deleted, perCase) },
    invocations: { api: minimum.commands, ...mapValues(invocations, perCase) },
    comparison: [
      { what: 'DynamoDB requests', measured: ofService('DynamoDB', 'directory'), minimum: minimum.dynamoDb },
      { what: 'KMS requests', measured: ofService('KMS'), minimum: minimum.kms },
      { what: 'SQS requests, as batched here', measured: sqs, minimum: sqsMinimum(minimum, 10) },
      { what: 'SQS requests, one at a time', measured: quiet.fifoRequests + quiet.standardRequests, minimum: sqsMinimum(minimum, 1) },
      {
        what: 'Lambda invocations, as batched here',
        measured: busy.invocations,
        minimum: invocationsMinimum(minimum, 10, aws.infra.stream.batchSize),
      },
      {
        what: 'all AWS requests, as batched here',
        measured: ofService('DynamoDB') + ofService('KMS') + sqs,
        minimum: minimum.dynamoDb + minimum.kms + sqsMinimum(minimum, 10),
      },
    ].map((row) => ({ ...row, ratio: row.measured / row.minimum })),
    directoryReads: requests['DynamoDB GetItem directory'] ?? 0,
    writeUnits: busy.writeUnits,
    readUnits: busy.readUnits,
    largestCaseBytes: tally.largestCase,
    logLines: perCase(lines.length),
    logBytes,
    prices: { asOf: prices.asOf, region: prices.region },
    costs: {
      busy: { ...costOfThousand(busy), total: total(costOfThousand(busy)) },
      quiet: { ...costOfThousand(quiet), total: total(costOfThousand(quiet)) },
    },
    speed: {
      seconds,
      casesPerSecond: CASES / seconds,
      floorSeconds: floor.seconds,
      floorCasesPerSecond: CASES / floor.seconds,
      ratio: seconds / floor.seconds,
      floorRequests: floor.requests,
      floorFailed: floor.failed,
    },
  };
}

const mapValues = <K extends string>(counts: Record<K, number>, change: (count: number) => number) =>
  Object.fromEntries(Object.entries<number>(counts).map(([name, count]) => [name, change(count)])) as Record<K, number>;

function difference<C extends Record<string, Record<string, number>>>(after: C, before: C): C {
  const entries = Object.entries(after).map(([group, counts]) => [
    group,
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count - (before[group]?.[name] ?? 0)])),
  ]);
  return Object.fromEntries(entries) as C;
}

type PathReport = Awaited<ReturnType<typeof bench>>;

/** What the bench promises: near the minimum of requests, and hot functions that start fast. */
function failuresOf(paths: readonly PathReport[], bundles: readonly BundleFigures[]): string[] {
  const far = paths.flatMap(({ procedure, comparison }) =>
    comparison
      .filter(({ ratio }) => ratio > MOST_OVER_MINIMUM)
      .map(({ what, ratio }) => `${procedure}, ${what}: ${ratio} times the minimum`),
  );
  const large = bundles.filter(({ name, kilobytes }) => HOT.some((hot) => hot === name) && kilobytes > HOT_LIMIT_KB);
  return [...far, ...large.map(({ name, kilobytes }) => `${name}: ${kilobytes} KB`)];
}

/** Each path has a local AWS of its own: what the other left in it would slow it down. */
async function benchAlone(path: Path): Promise<PathReport> {
  say(`${path.procedure}: starting the local AWS …`);
  const aws = await startAwsForTests();
  try {
    return await bench(aws, path);
  } finally {
    await aws.stop();
  }
}

const paths: PathReport[] = [];
for (const path of PATHS) paths.push(await benchAlone(path));
say('Measuring the bundles …');
const bundles = await measureBundles();
const machine = { cores: availableParallelism(), node: process.version };
const report = { at: new Date().toISOString(), machine, paths, bundles };
const file = resolve(import.meta.dirname, '../../.local/bench.json');
mkdirSync(resolve(file, '..'), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
for (const path of paths) {
  printRequests(path);
  printCosts(path);
  printSpeed({ ...path, machine });
}
printBundles(bundles);
for (const failure of failuresOf(paths, bundles)) {
  say(failure);
  process.exitCode = 1;
}
process.stdout.write(`\n${JSON.stringify(report)}\n`);
