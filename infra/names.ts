import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { RegionCode } from '../schemas/primitives.ts';
import type { HostedRegion } from './settings.ts';

export const SIGNING_KEY_ALIAS_PREFIX = 'alias/jiexu-region-';
export const inboxName = (region: RegionCode): string => `jiexu-inbox-${region}.fifo`;
/** Three digits, so that the inbox pattern's six characters never match a dead-letter queue. */
export const inboxDeadLetterName = (stack: string): string => `jiexu-inbox-dlq-${stack}.fifo`;

/**
 * ARN pattern of all inboxes of this account: policies do not grow with the number of regions. `?` stands for one digit; a `*` would
 * reach other queues too.
 */
export const inboxArnPattern = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: 'jiexu-inbox-??????.fifo' });

/** 32 stacks hold 353 regions at 11 on average; 40 in one would be eight standard deviations out. */
export const INBOX_STACKS = 32;
export const MAX_REGIONS_PER_STACK = 40;

/** The inbox stack of a region depends on its code alone, so adding a region moves no other. */
export const inboxStackOf = (region: string): string =>
  String(createHash('sha256').update(region).digest().readUInt32BE(0) % INBOX_STACKS).padStart(3, '0');

/** Hosted regions by inbox stack, only stacks that hold one, each in order of code. */
export function spreadOverStacks(regions: readonly HostedRegion[]): Map<string, HostedRegion[]> {
  const inOrder = regions.toSorted((a, b) => a.code.localeCompare(b.code));
  const stacks = Map.groupBy(inOrder, ({ code }) => inboxStackOf(code));
  for (const [stack, held] of stacks) {
    if (held.length > MAX_REGIONS_PER_STACK) throw new Error(`inbox stack ${stack} would hold ${held.length} regions`);
  }
  return stacks;
}
