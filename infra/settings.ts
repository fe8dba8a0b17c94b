import type { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { RegionCode } from '../schemas/primitives.ts';

/**
 * Pooling region 统筹地区 whose inbox and signing key this deployment keeps. Counting `keyGeneration` up by one gives it a new signing key at
 * the next deployment. `noticeEmail` is a mailbox of the office, told of what has to be told to persons and employers (B15).
 */
export const HostedRegion = z.strictObject({
  code: RegionCode,
  name: z.string().min(1).max(50),
  keyGeneration: z.int().min(1).optional(),
  noticeEmail: z.email().max(254).optional(),
});
export type HostedRegion = z.infer<typeof HostedRegion>;

/** SNS takes 200 filter policies to a topic, and fails in the middle of a deployment at the next one. */
const MOST_NOTICE_EMAILS = 200;

/** Neither has a default: with a wrong one every token is refused, or somebody else's are taken. */
const WHERE = 'Set issuer and audience under "context" in cdk.json, with -c, or in JIEXU_ISSUER and JIEXU_AUDIENCE.';

const Settings = z.strictObject({
  hostedRegions: z
    .array(HostedRegion)
    .min(1)
    .refine((regions) => new Set(regions.map(({ code }) => code)).size === regions.length, 'a region is listed twice')
    .refine(
      (regions) => regions.filter(({ noticeEmail }) => noticeEmail !== undefined).length <= MOST_NOTICE_EMAILS,
      `more than ${MOST_NOTICE_EMAILS} regions have a noticeEmail`,
    ),
  /** OIDC issuer of the callers' tokens; AWS itself accepts https only, plain http is for an issuer on this machine. */
  issuer: z.url({ protocol: /^https?$/, error: `is missing or no address. ${WHERE}` }),
  audience: z.string(`is missing. ${WHERE}`).min(1),
});
export type Settings = z.infer<typeof Settings>;

/** `-c hostedRegions=…` and the environment can carry text only. */
const parseIfText = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

/**
 * What a deployment decides for itself: `cdk.json`, overridden by `-c key=value`, overridden by the environment
 * (JIEXU_HOSTED_REGIONS as JSON, JIEXU_ISSUER, JIEXU_AUDIENCE). Throws an Error with a line per setting that is wrong.
 */
export function readSettings(app: App, env: NodeJS.ProcessEnv): Settings {
  const parsed = Settings.safeParse({
    hostedRegions: parseIfText(env.JIEXU_HOSTED_REGIONS ?? app.node.tryGetContext('hostedRegions')),
    issuer: env.JIEXU_ISSUER ?? app.node.tryGetContext('issuer'),
    audience: env.JIEXU_AUDIENCE ?? app.node.tryGetContext('audience'),
  });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}
