import path from 'node:path';
import * as z from 'zod';
import { LocalFailure } from './failure.ts';

export const projectRoot = path.resolve(import.meta.dirname, '..', '..');

/** Where `npx`, `npm run` and the Lambda functions of the local AWS find the pinned Node 24 and the CDK CLI. */
export const binDirectory = path.join(projectRoot, 'node_modules', '.bin');

const notAPort = { error: 'it must be a port number, 1 to 65535' };
const Port = z.coerce.number(notAPort).int(notAPort).min(1, notAPort).max(65_535, notAPort);

const Environment = z.object({
  GATEWAY_PORT: Port.default(4566),
  ISSUER_PORT: Port.default(4580),
  AWS_ENDPOINT_URL: z.url({ protocol: /^https?$/, error: 'it must be an http or https URL' }).optional(),
  JIEXU_LOCAL_DIR: z.string().min(1).default(path.join(projectRoot, '.local')),
});

export interface Settings {
  readonly gatewayPort: number;
  readonly issuerPort: number;
  /** Set by the user: an AWS-compatible endpoint that is already running. Nothing is started then. */
  readonly givenEndpoint: string | undefined;
  /** Keeps the Python environment, the issuer's keys, the state of the local AWS and the logs. Never committed. */
  readonly directory: string;
}

/** Reads the settings of the local start from the environment; throws `LocalFailure` naming the variable that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new LocalFailure(`The environment variable ${issue?.path.join('.') ?? '?'} is not usable: ${issue?.message ?? 'invalid'}.`);
  }
  return {
    gatewayPort: parsed.data.GATEWAY_PORT,
    issuerPort: parsed.data.ISSUER_PORT,
    givenEndpoint: parsed.data.AWS_ENDPOINT_URL?.replace(/\/+$/, ''),
    directory: path.resolve(parsed.data.JIEXU_LOCAL_DIR),
  };
}
