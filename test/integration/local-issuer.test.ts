import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Issuer, startIssuer } from '../../infra/local/issuer.ts';
import { apiAudience, consoleClientId } from '../../infra/local/issuer-config.ts';
import { demoPeople, ministryPerson } from '../../infra/local/people.ts';
import { Caller } from '../../schemas/api.ts';

let directory: string;
let issuer: Issuer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'jiexu-issuer-'));
  issuer = await startIssuer({ port: 0, directory });
});

afterAll(async () => {
  await issuer.stop();
  await rm(directory, { recursive: true });
});

const verify = (token: string, audience = apiAudience, from = issuer) =>
  jwtVerify(token, createRemoteJWKSet(new URL('/jwks', from.issuer)), { issuer: from.issuer, audience, algorithms: ['RS256'] });

describe('tokens of the local issuer', () => {
  test.each(demoPeople)('$id gets a token with office and role through the code flow', async ({ id, office, role }) => {
    const { payload } = await verify(await issuer.tokenFor(id));
    expect(Caller.parse(payload)).toEqual({ sub: id, office, role });
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  test('the system of an office gets one by client credentials', async () => {
    const { payload } = await verify(await issuer.systemTokenFor('510100'));
    expect(Caller.parse(payload)).toEqual({ sub: 'system-51010001', office: '51010001', role: 'system' });
  });

  test('names of people are not in the token', async () => {
    const { payload } = await verify(await issuer.tokenFor(ministryPerson));
    expect(payload).not.toHaveProperty('name');
  });

  test('another audience is refused', async () => {
    await expect(verify(await issuer.tokenFor(ministryPerson), 'another-api')).rejects.toThrow('"aud"');
  });

  test('nobody gets in who is not on the list', async () => {
    await expect(issuer.tokenFor('clerk-99999999')).rejects.toThrow('400');
  });
});

describe('the authorization endpoint', () => {
  const authorize = (parameters: Record<string, string>) =>
    fetch(
      `${issuer.issuer}/auth?${new URLSearchParams({
        client_id: consoleClientId,
        redirect_uri: 'http://localhost:5173/callback',
        response_type: 'code',
        scope: 'openid exchange',
        ...parameters,
      })}`,
      { redirect: 'manual' },
    );
  const challenge = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };

  test('the console may come back to any loopback port', async () => {
    expect((await authorize(challenge)).headers.get('location')).toMatch(/^\/interaction\//);
  });

  test('without PKCE there is no sign-in', async () => {
    expect((await authorize({})).headers.get('location')).toContain('error=invalid_request');
  });

  test('another resource is refused', async () => {
    expect((await authorize({ ...challenge, resource: 'urn:another:api' })).headers.get('location')).toContain('error=invalid_target');
  });

  test('the page lists the people by their Chinese names', async () => {
    const start = await authorize(challenge);
    const cookie = start.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const page = await fetch(new URL(start.headers.get('location')!, issuer.issuer), { headers: { cookie } });
    const html = await page.text();
    for (const { name } of demoPeople) {
      expect(html).toContain(name);
    }
  });
});

test('a token outlives a restart of the issuer, because its keys are kept', async () => {
  const port = Number(new URL(issuer.issuer).port);
  const token = await issuer.tokenFor(ministryPerson);
  await issuer.stop();
  issuer = await startIssuer({ port, directory });
  await expect(verify(token)).resolves.toBeDefined();
});
