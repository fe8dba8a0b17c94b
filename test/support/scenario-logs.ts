import { CloudWatchLogsClient, paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { LocalAws } from '../../infra/local/aws.ts';
import { personalDataIn } from './network-witness.ts';

export const logsClient = ({ endpoint, region, credentials }: LocalAws): CloudWatchLogsClient =>
  new CloudWatchLogsClient({ endpoint, region, credentials });

/** Where personal data was logged (group and kind, never the value), and how many events each group holds. */
export type LogScan = { counts: ReadonlyMap<string, number>; findings: string[] };

/** Reads every event of every log group of the account, those of the deployed functions among them. */
export async function scanLogs(aws: LocalAws): Promise<LogScan> {
  const client = logsClient(aws);
  const counts = new Map<string, number>();
  const findings: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      counts.set(logGroupName, 0);
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        counts.set(logGroupName, (counts.get(logGroupName) ?? 0) + events.length);
        findings.push(...events.flatMap(({ message = '' }) => personalDataIn(message).map((kind) => `${logGroupName}: ${kind}`)));
      }
    }
  }
  client.destroy();
  return { counts, findings };
}
