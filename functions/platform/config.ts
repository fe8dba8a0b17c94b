import * as z from 'zod';

const text = z.string().min(1);

/** Every setting there is, by its environment variable; a function asks for those it needs and gets no other. */
export const setting = {
  EXCHANGE_TABLE: text,
  DIRECTORY_TABLE: text,
  SEND_QUEUE_URL: z.url(),
  ALERT_TOPIC_ARN: text,
  NOTICE_TOPIC_ARN: text,
  IMPORTS_BUCKET: text,
  IMPORT_QUEUE_URL: z.url(),
  PERSON_HASH_KEY_ID: text,
  SIGNING_KEY_ALIAS_PREFIX: text,
};

/**
 * Reads settings from the environment, once, at cold start: `readConfig({ EXCHANGE_TABLE: setting.EXCHANGE_TABLE })`.
 * Throws an Error that names every missing or malformed variable.
 */
export function readConfig<S extends z.ZodRawShape>(settings: S, env: NodeJS.ProcessEnv = process.env) {
  const parsed = z.object(settings).safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`Missing or malformed settings: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
}

/** Whether AWS stands at an address of our own choosing: the local AWS, which has one host name for all its buckets. */
export const hasOwnEndpoint = (env: NodeJS.ProcessEnv = process.env): boolean => env.AWS_ENDPOINT_URL !== undefined;
