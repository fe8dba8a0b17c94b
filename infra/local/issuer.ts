import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import { demoRegions } from './demo-regions.ts';
import { apiResource, apiScope, consoleClientId, issuerConfiguration, systemClientOf } from './issuer-config.ts';
import { choosePersonPage } from './issuer-page.ts';
import { loadIssuerSecrets } from './issuer-secrets.ts';
import { type DemoPerson, demoPeople } from './people.ts';
import { freePort, requireFreePort } from './ports.ts';
import { readSettings } from './settings.ts';
import { signIn, systemToken } from './sign-in.ts';

export interface IssuerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly people?: readonly DemoPerson[];
  /** Keeps the keys; `.local` of the project when absent. */
  readonly directory?: string;
}

export interface Issuer {
  /** The `iss` of its tokens and the address of its discovery document. */
  readonly issuer: string;
  /** Secret of every `system-<office>` client. */
  readonly systemSecret: string;
  /** Signs the person in through the real code flow over HTTP. */
  tokenFor(personId: string): Promise<string>;
  /** Token of the system of a region's main office. */
  systemTokenFor(regionCode: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts an OIDC issuer on loopback. Throws `LocalFailure` when the port is in use. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const people = options.people ?? demoPeople;
  const directory = options.directory ?? readSettings(process.env).directory;
  if (options.port !== 0) {
    await requireFreePort(options.port, 'the local OIDC issuer', 'ISSUER_PORT');
  }
  const port = options.port === 0 ? await freePort() : options.port;
  const issuer = `http://localhost:${port}`;
  const secrets = await loadIssuerSecrets(directory);
  const regionCodes = demoRegions.map(({ code }) => code);
  const provider = new Provider(issuer, issuerConfiguration(people, regionCodes, secrets));
  const answerProvider = provider.callback();

  const server = createServer((request, response) => {
    const work = request.url?.startsWith('/interaction/')
      ? answerInteraction(provider, people, request, response)
      : answerProvider(request, response);
    work.catch(() => {
      // An interaction that is unknown or over: nothing to repair but to begin again.
      response
        .writeHead(400, { 'content-type': 'text/plain; charset=utf-8' })
        .end('登录已失效，请重新开始。(The sign-in has expired; begin again.)');
    });
  });
  await listen(server, port);

  return {
    issuer,
    systemSecret: secrets.systemSecret,
    tokenFor: (personId) => signIn(issuer, personId),
    systemTokenFor: (regionCode) => systemToken(issuer, systemClientOf(regionCode), secrets.systemSecret),
    stop: () => close(server),
  };
}

async function answerInteraction(
  provider: Provider,
  people: readonly DemoPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(choosePersonPage(uid, people));
    return;
  }
  const chosenId = new URLSearchParams(await text(request)).get('person');
  const person = people.find(({ id }) => id === chosenId);
  if (person === undefined) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end('没有这个人员。(No such person.)');
    return;
  }
  // The console is our own, so choosing a person also consents; both answers in one step save a second page.
  const grant = new provider.Grant({ accountId: person.id, clientId: consoleClientId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(apiResource, apiScope);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId: person.id }, consent: { grantId } });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
