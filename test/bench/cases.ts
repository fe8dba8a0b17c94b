import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { TestNetwork } from '../support/network.ts';
import { type LocalAwsForTests, startAwsForTests } from '../support/network-infra.ts';
import { type Mover, PLOT_2016, PLOT_2021, type Plot, people, playStage, playStories, type Story } from '../support/network-story.ts';
import { costOfThousand, total, type Usage } from './cost.ts';
import { measureFloor } from './floor.ts';
import { invocationsMinimum, MINIMUM_2016, MINIMUM_2021, type Minimum, sqsMinimum } from './minimum.ts';
import prices from './prices.json' with { type: 'json' };
import { tallyWatch } from './tally.ts';

/** Fewer of everything, for a quick look: `JIEXU_BENCH_CASES=20 npm run bench`. */
const CASES = Number(process.env.JIEXU_BENCH_CASES ?? 200);
const WARM_UP = Math.min(20, CASES);
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

/** Whole cases; the office is told of each notice by the sweep before it gives it (B15), so the proof of that comes last. */
async function playTold(network: TestNetwork, movers: readonly Mover[], plot: Plot): Promise<Story[]> {
  const travel = () => network.settle();
  const isTelling = ({ name }: Plot['stages'][number][number]) => name === 'deliver-notice';
  const before = { ...plot, stages: plot.stages.map((stage) => stage.filter((step) => !isTelling(step))) };
  const stories = await playStories(network, movers, { travel, plot: before });
  await network.sweepDeadlines();
  await playStage(network, stories, plot.stages.flat().filter(isTelling));
  await travel();
  return stories;
}

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
  say(`${procedure}: warming up with ${WARM_UP} cases …`);
  await playTold(network, people(1, WARM_UP), plot);

  say(`${procedure}: running ${CASES} cases …`);
  const before = structuredClone(network.pump.counts);
  const linesBefore = network.seen.lines.length;
  watch.start();
  const start = performance.now();
  const stories = await playTold(network, people(1_000, CASES), plot);
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
    publishes: requests['SNS Publish'] ?? 0,
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
      { what: 'SNS requests', measured: busy.publishes, minimum: minimum.publishes },
      { what: 'SQS requests, as batched here', measured: sqs, minimum: sqsMinimum(minimum, 10) },
      { what: 'SQS requests, one at a time', measured: quiet.fifoRequests + quiet.standardRequests, minimum: sqsMinimum(minimum, 1) },
      {
        what: 'Lambda invocations, as batched here',
        measured: busy.invocations,
        minimum: invocationsMinimum(minimum, 10, aws.infra.stream.batchSize),
      },
      {
        what: 'all AWS requests, as batched here',
        measured: ofService('DynamoDB') + ofService('KMS') + busy.publishes + sqs,
        minimum: minimum.dynamoDb + minimum.kms + minimum.publishes + sqsMinimum(minimum, 10),
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

export type PathReport = Awaited<ReturnType<typeof bench>>;

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

/** Whole hand-overs under both procedures: what they ask of AWS, against the minimum and against the floor. */
export async function benchCases(): Promise<PathReport[]> {
  const reports: PathReport[] = [];
  for (const path of PATHS) reports.push(await benchAlone(path));
  return reports;
}
