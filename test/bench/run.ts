import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { TestNetwork } from '../support/network.ts';
import { type LocalAwsForTests, startAwsForTests } from '../support/network-infra.ts';
import { people, playStories } from '../support/network-story.ts';
import { type BundleFigures, HOT, HOT_LIMIT_KB, measureBundles } from './bundles.ts';
import { costOfThousand, total, type Usage } from './cost.ts';
import { measureFloor } from './floor.ts';
import { invocationsMinimum, MINIMUM, sqsMinimum } from './minimum.ts';
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

async function bench(aws: LocalAwsForTests) {
  const watch = tallyWatch();
  const network = await TestNetwork.start({
    endpoint: aws.endpoint,
    infra: aws.infra,
    name: 'bench',
    regions: REGIONS,
    start: 'now',
    watch,
  });
  const travel = () => network.settle();
  say(`Warming up with ${WARM_UP} cases …`);
  await playStories(network, people(1, WARM_UP), { travel });

  say(`Running ${CASES} cases …`);
  const before = structuredClone(network.pump.counts);
  const linesBefore = network.seen.lines.length;
  watch.start();
  const start = performance.now();
  const stories = await playStories(network, people(1_000, CASES), { travel });
  const seconds = (performance.now() - start) / 1_000;
  const tally = structuredClone(watch.tally());
  const recorded = [...watch.requests()];
  const { invocations, received, deleted } = difference(network.pump.counts, before);
  const lines = network.seen.lines.slice(linesBefore);

  for (const { caseNumber } of stories) {
    const [there, here] = [await network.case(HANGZHOU, caseNumber), await network.case(CHENGDU, caseNumber)];
    if (there?.status !== 'completed' || here?.status !== 'closed') throw new Error(`case ${caseNumber} is not over`);
  }
  if ((await network.pending()) > 0) throw new Error('messages are pending');
  network.close();

  say('Sending the same requests raw …');
  const floor = await measureFloor(aws.endpoint, aws.infra, REGIONS, recorded, { account: network.account, resources: network.resources });
  say('Measuring the bundles …');
  const bundles: BundleFigures[] = await measureBundles();

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
    invocations: MINIMUM.commands + perCase(invocations.relay + invocations.dispatch + invocations.receive),
    httpRequests: MINIMUM.commands,
    logBytes,
  };
  const quiet: Usage = {
    ...busy,
    fifoRequests: MINIMUM.travelling * 3,
    standardRequests: MINIMUM.travelling * 3,
    invocations: invocationsMinimum(1),
  };
  const sqs = busy.fifoRequests + busy.standardRequests;
  return {
    at: new Date().toISOString(),
    machine: { cores: availableParallelism(), node: process.version },
    cases: CASES,
    requests,
    queues: { received: mapValues(received, perCase), deleted: mapValues(deleted, perCase) },
    invocations: { api: MINIMUM.commands, ...mapValues(invocations, perCase) },
    comparison: [
      { what: 'DynamoDB requests', measured: ofService('DynamoDB', 'directory'), minimum: MINIMUM.dynamoDb },
      { what: 'KMS requests', measured: ofService('KMS'), minimum: MINIMUM.kms },
      { what: 'SQS requests, as batched here', measured: sqs, minimum: sqsMinimum(10) },
      { what: 'SQS requests, one at a time', measured: quiet.fifoRequests + quiet.standardRequests, minimum: sqsMinimum(1) },
      {
        what: 'Lambda invocations, as batched here',
        measured: busy.invocations,
        minimum: invocationsMinimum(10, aws.infra.stream.batchSize),
      },
      {
        what: 'all AWS requests, as batched here',
        measured: ofService('DynamoDB') + ofService('KMS') + sqs,
        minimum: MINIMUM.dynamoDb + MINIMUM.kms + sqsMinimum(10),
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
    bundles,
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

/** What the bench promises: near the minimum of requests, and hot functions that start fast. */
function failuresOf({ comparison, bundles }: Awaited<ReturnType<typeof bench>>): string[] {
  const far = comparison.filter(({ ratio }) => ratio > MOST_OVER_MINIMUM).map(({ what, ratio }) => `${what}: ${ratio} times the minimum`);
  const large = bundles.filter(({ name, kilobytes }) => HOT.some((hot) => hot === name) && kilobytes > HOT_LIMIT_KB);
  return [...far, ...large.map(({ name, kilobytes }) => `${name}: ${kilobytes} KB`)];
}

say('Starting the local AWS …');
const aws = await startAwsForTests();
try {
  const report = await bench(aws);
  const file = resolve(import.meta.dirname, '../../.local/bench.json');
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  printRequests(report);
  printCosts(report);
  printSpeed(report);
  printBundles(report.bundles);
  for (const failure of failuresOf(report)) {
    say(failure);
    process.exitCode = 1;
  }
  process.stdout.write(`\n${JSON.stringify(report)}\n`);
} finally {
  await aws.stop();
}
