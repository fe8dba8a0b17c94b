import prices from './prices.json' with { type: 'json' };

/** What one case makes AWS do, as it is billed. */
export type Usage = {
  writeUnits: number;
  readUnits: number;
  fifoRequests: number;
  standardRequests: number;
  signatures: number;
  macs: number;
  publishes: number;
  invocations: number;
  httpRequests: number;
  logBytes: number;
};

/** Dollars for a thousand cases by service, by the dated list in `prices.json`. Storage, keys, alarms and idle polling cost the same without cases. */
export function costOfThousand(usage: Usage): Record<string, number> {
  const { perMillion, assumed } = prices;
  const thousandOf = (count: number, price: number) => (count * price) / 1_000;
  const seconds = (usage.invocations * assumed.lambdaMillisecondsPerInvocation) / 1_000;
  return {
    'DynamoDB writes': thousandOf(usage.writeUnits, perMillion.dynamoDbWriteUnits),
    'DynamoDB reads': thousandOf(usage.readUnits, perMillion.dynamoDbReadUnits),
    SQS: thousandOf(usage.fifoRequests, perMillion.sqsFifoRequests) + thousandOf(usage.standardRequests, perMillion.sqsStandardRequests),
    KMS: thousandOf(usage.signatures, perMillion.kmsEccRequests) + thousandOf(usage.macs, perMillion.kmsHmacRequests),
    SNS: thousandOf(usage.publishes, perMillion.snsPublishes),
    Lambda:
      thousandOf(usage.invocations, perMillion.lambdaInvocations) +
      1_000 * seconds * assumed.lambdaMemoryGigabytes * prices.lambdaArmGigabyteSecond,
    'HTTP API': thousandOf(usage.httpRequests, perMillion.httpApiRequests),
    Logs: (1_000 * usage.logBytes * prices.logGigabyte) / 1e9,
  };
}

export const total = (costs: Record<string, number>): number => Object.values(costs).reduce((sum, dollars) => sum + dollars, 0);
