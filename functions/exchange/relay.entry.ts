import type { DynamoDBStreamEvent } from 'aws-lambda';
import { sqsClient } from '../platform/clients.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { sqsSendQueue } from './queues.ts';
import { relay } from './relay.ts';

const config = readConfig({ SEND_QUEUE_URL: setting.SEND_QUEUE_URL });
const deps = { sendQueue: sqsSendQueue(sqsClient(), config.SEND_QUEUE_URL), log: lambdaLog() };

export const handler = (event: DynamoDBStreamEvent) => relay(deps, event);
