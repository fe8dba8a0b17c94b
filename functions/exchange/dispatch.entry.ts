import type { SQSEvent } from 'aws-lambda';
import { dispatch } from './dispatch.ts';
import { sendDepsFromEnvironment } from './send-deps.ts';

const deps = sendDepsFromEnvironment();

export const handler = (event: SQSEvent) => dispatch(deps, event);
