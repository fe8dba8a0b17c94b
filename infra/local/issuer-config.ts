import { type Configuration, errors } from 'oidc-provider';
import { mainOfficeOf } from './demo-regions.ts';
import type { IssuerSecrets } from './issuer-secrets.ts';
import { memoryStore } from './issuer-store.ts';
import type { DemoPerson } from './people.ts';

/** Audience that the HTTP API asks for; the `audience` of the CDK app. */
export const apiAudience = 'jiexu';
/** Names the HTTP API in the `resource` parameter, which must be a URI. */
export const apiResource = 'urn:jiexu:api';
export const apiScope = 'exchange';
export const consoleClientId = 'jiexu-console';
/** Loopback redirects match on any port (RFC 8252 7.3), so the console may run on whichever is free. */
export const consoleRedirect = 'http://localhost/callback';
export const systemClientOf = (regionCode: string): string => `system-${mainOfficeOf(regionCode)}`;

const minute = 60;
const hour = 60 * minute;
const systemPrefix = 'system-';

/** Configuration of oidc-provider: code flow with PKCE for people, client credentials for the systems of offices, JWT access tokens. */
export function issuerConfiguration(people: readonly DemoPerson[], regionCodes: readonly string[], secrets: IssuerSecrets): Configuration {
  const byId = new Map(people.map((person) => [person.id, person]));
  return {
    adapter: memoryStore(),
    jwks: { keys: [secrets.signingKey] },
    cookies: { keys: [secrets.cookieKey] },
    scopes: ['openid'],
    claims: { openid: ['sub', 'office', 'role', 'name'] },
    clients: [
      {
        client_id: consoleClientId,
        client_name: 'Jiexu 接续',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [consoleRedirect],
      },
      ...regionCodes.map((code) => ({
        client_id: systemClientOf(code),
        client_secret: secrets.systemSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      })),
    ],
    pkce: { required: () => true },
    clientBasedCORS: (_context, origin) => new URL(origin).hostname === 'localhost',
    findAccount: (_context, id) => {
      const person = byId.get(id);
      return person && { accountId: id, claims: () => ({ sub: id, name: person.name, office: person.office, role: person.role }) };
    },
    extraTokenClaims: (_context, token) => {
      if ('accountId' in token) {
        const person = byId.get(token.accountId);
        return person && { office: person.office, role: person.role };
      }
      return { office: token.clientId?.slice(systemPrefix.length), role: 'system' };
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== apiResource) {
            throw new errors.InvalidTarget();
          }
          return {
            scope: apiScope,
            audience: apiAudience,
            accessTokenTTL: hour,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    ttl: {
      AccessToken: hour,
      AuthorizationCode: minute,
      ClientCredentials: hour,
      Grant: 8 * hour,
      IdToken: hour,
      Interaction: 10 * minute,
      Session: 8 * hour,
    },
  };
}
