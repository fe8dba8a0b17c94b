import { LocalFailure } from './failure.ts';

const oldestNode = 24;

/** Everything else is loaded after this check: an older Node fails on syntax or packages with a message that explains nothing. */
async function start(): Promise<number> {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) < oldestNode) {
    throw new LocalFailure(`Node ${oldestNode} or newer is needed, this is ${node}: use \`npm start\`, which brings the right one.`);
  }
  const { runLocally } = await import('./run.ts');
  return runLocally(process.argv.slice(2));
}

try {
  process.exit(await start());
} catch (error) {
  if (!(error instanceof LocalFailure)) {
    throw error;
  }
  console.error(error.message);
  process.exit(1);
}
