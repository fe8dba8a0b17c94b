import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';

const Secrets = z.object({
  signingKey: z.looseObject({ kid: z.string(), kty: z.string() }),
  cookieKey: z.string(),
  /** Shared by the systems of all demonstration offices; only this machine knows it. */
  systemSecret: z.string(),
});
export type IssuerSecrets = z.infer<typeof Secrets>;

/**
 * Keys of the local issuer, made at the first start and kept, so that tokens survive a restart and the local AWS, which
 * caches the key set for two hours, keeps accepting them.
 */
export async function loadIssuerSecrets(directory: string): Promise<IssuerSecrets> {
  const file = path.join(directory, 'issuer.json');
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined) {
    return Secrets.parse(JSON.parse(stored));
  }
  await mkdir(directory, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(await makeSecrets()), { mode: 0o600 });
  // `link` creates the file whole or not at all: of two first starts at once, both use the keys of the one that won.
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  return Secrets.parse(JSON.parse(await readFile(file, 'utf8')));
}

async function makeSecrets(): Promise<IssuerSecrets> {
  // RS256 is the only algorithm that the JWT authorizer of an HTTP API accepts.
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    signingKey: { ...jwk, kty: 'RSA', kid: randomBytes(8).toString('hex'), alg: 'RS256', use: 'sig' },
    cookieKey: randomBytes(32).toString('hex'),
    systemSecret: randomBytes(16).toString('hex'),
  };
}
