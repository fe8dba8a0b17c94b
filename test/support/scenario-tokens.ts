import { randomUUID } from 'node:crypto';
import { generateKeyPair, importJWK, SignJWT } from 'jose';
import { inject } from 'vitest';
import { apiAudience } from '../../infra/local/issuer-config.ts';
import { loadIssuerSecrets } from '../../infra/local/issuer-secrets.ts';

/** What a token of Hangzhou's clerk says, unless said otherwise. */
export type Said = { audience?: string; issuer?: string; expiresIn?: string; role?: string };

/** A token with the issuer's own signature that its API would never have made. */
export async function tokenSaying(said: Said): Promise<string> {
  const { signingKey } = await loadIssuerSecrets(inject('standing').directory);
  return signed(said, await importJWK(signingKey, 'RS256'), signingKey.kid);
}

/** A token that says all the right things and is signed by somebody else. */
export async function forgedToken(): Promise<string> {
  const { signingKey } = await loadIssuerSecrets(inject('standing').directory);
  return signed({}, (await generateKeyPair('RS256')).privateKey, signingKey.kid);
}

function signed(said: Said, key: Parameters<SignJWT['sign']>[0], kid: string): Promise<string> {
  const { audience = apiAudience, issuer = inject('standing').issuer, expiresIn = '1h', role = 'clerk' } = said;
  return new SignJWT({ office: '33010001', role })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
    .setSubject('clerk-33010001')
    .setJti(randomUUID())
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(key);
}
