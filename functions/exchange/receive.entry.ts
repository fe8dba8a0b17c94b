import type { Context, SQSEvent } from 'aws-lambda';
import { sqsClient } from '../platform/clients.ts';
import { handleDepsFromEnvironment } from './entry-deps.ts';
import { sqsInboxes } from './queues.ts';
import { receive } from './receive.ts';

const deps = { ...handleDepsFromEnvironment(), inboxes: sqsInboxes(sqsClient()) };

export const handler = (event: SQSEvent, context: Context) => receive(deps, event, () => context.getRemainingTimeInMillis());
