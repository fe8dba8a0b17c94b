import { LocalFailure } from './failure.ts';
import { demoPeople } from './people.ts';
import { readSettings } from './settings.ts';
import { signIn } from './sign-in.ts';

/** Prints a token for one of the demonstration's people; `npm start` must be running. */
async function printToken(personId: string | undefined, issuer: string): Promise<void> {
  const ids = demoPeople.map(({ id }) => id);
  if (personId === undefined || !ids.includes(personId)) {
    throw new LocalFailure(`Name one of: ${ids.join(' ')}.`);
  }
  const reachable = await fetch(issuer).catch(() => undefined);
  if (reachable === undefined) {
    throw new LocalFailure(`Nothing answers at ${issuer}: run \`npm start\` first.`);
  }
  process.stdout.write(`${await signIn(issuer, personId)}\n`);
}

try {
  const [, , personId, issuer = `http://localhost:${readSettings(process.env).issuerPort}`] = process.argv;
  await printToken(personId, issuer);
} catch (error) {
  if (!(error instanceof LocalFailure)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
