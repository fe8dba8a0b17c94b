import { CloudWatchLogsClient, paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { LocalAws } from '../../infra/local/aws.ts';
import { personalDataIn } from './witness.ts';

export const logsClient = ({ endpoint, region, credentials }: LocalAws): CloudWatchLogsClient =>
  new CloudWatchLogsClient({ endpoint, region, credentials });

/** Messages of every event, by log group. */
export type Logs = ReadonlyMap<string, readonly string[]>;

/** Every log group of the account, those of the deployed functions among them. */
export async function readLogs(aws: LocalAws): Promise<Logs> {
  const client = logsClient(aws);
  const logs = new Map<string, string[]>();
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      const messages: string[] = [];
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        messages.push(...events.map(({ message = '' }) => message));
      }
      logs.set(logGroupName, messages);
    }
  }
  client.destroy();
  return logs;
}

/** Where personal data was logged: group and kind, never the value. */
export const personalDataInLogs = (logs: Logs): string[] =>
  [...logs].flatMap(([group, messages]) => messages.flatMap((message) => personalDataIn(message).map((kind) => `${group}: ${kind}`)));
