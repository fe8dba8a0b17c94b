import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { apiResource, apiScope, consoleClientId, consoleRedirect } from './issuer-config.ts';

const TokenAnswer = z.object({ access_token: z.string() });

/**
 * Signs a person in as a browser would: authorization request with PKCE, the page that lists the people, the choice, the redirect with
 * the code, the code for a token. Every step goes over HTTP.
 * @returns the access token for the HTTP API
 */
export async function signIn(issuer: string, personId: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('hex');
  const browser = new Browser();

  const request = new URL('/auth', issuer);
  request.search = new URLSearchParams({
    client_id: consoleClientId,
    redirect_uri: consoleRedirect,
    response_type: 'code',
    scope: `openid ${apiScope}`,
    resource: apiResource,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();

  const page = await browser.redirect(request);
  const afterChoice = await browser.redirect(page, new URLSearchParams({ person: personId }));
  const callback = await browser.redirect(afterChoice);
  const code = callback.searchParams.get('code');
  if (code === null || callback.searchParams.get('state') !== state) {
    throw new Error(`sign-in of ${personId} failed: ${callback.searchParams.get('error_description') ?? callback.href}`);
  }
  return requestToken(issuer, {
    grant_type: 'authorization_code',
    client_id: consoleClientId,
    redirect_uri: consoleRedirect,
    code,
    code_verifier: verifier,
  });
}

/** Token of an office's system (client credentials). */
export async function systemToken(issuer: string, clientId: string, secret: string): Promise<string> {
  return requestToken(
    issuer,
    { grant_type: 'client_credentials', scope: apiScope, resource: apiResource },
    { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
  );
}

async function requestToken(issuer: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(new URL('/token', issuer), { method: 'POST', headers, body: new URLSearchParams(form) });
  const body: unknown = await answer.json();
  if (!answer.ok) {
    throw new Error(`token request refused: ${JSON.stringify(body)}`);
  }
  return TokenAnswer.parse(body).access_token;
}

/** As much of a browser as signing in needs: cookies and redirects that are not followed by themselves. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async redirect(url: URL, form?: URLSearchParams): Promise<URL> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) {
      throw new Error(`${url.pathname} answered ${answer.status} instead of a redirect: ${(await answer.text()).slice(0, 300)}`);
    }
    return new URL(location, url);
  }
}
