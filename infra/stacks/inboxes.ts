import { type App, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { seedYears } from '../../functions/calendar/seed.ts';
import { RECEIVE_TIMEOUT } from '../capabilities/receiving.ts';
import { DeadLetterQueue } from '../constructs/house-queue.ts';
import { RegionInbox } from '../constructs/region-inbox.ts';
import type { House } from '../constructs/service-function.ts';
import { inboxDeadLetterName } from '../names.ts';
import type { HostedRegion } from '../settings.ts';
import type { ApiStack } from './api.ts';
import type { ExchangeStack } from './exchange.ts';

export interface InboxStackProps {
  readonly index: string;
  readonly regions: readonly HostedRegion[];
  readonly house: House;
  readonly api: ApiStack;
  readonly exchange: ExchangeStack;
}

/** Inboxes and keys of up to forty regions, and their entry in the directory once both are there; then the keys are used. */
export class InboxStack extends Stack {
  constructor(app: App, id: string, { index, regions, house, api, exchange }: InboxStackProps) {
    super(app, id, { description: `Jiexu: inboxes and signing keys of ${regions.length} regions` });
    const deadLetterQueue = new DeadLetterQueue(this, 'Dead', {
      key: house.messageKey,
      queueName: inboxDeadLetterName(index),
      fifo: true,
      alarmTopic: house.alarmTopic,
      impact: 'clerks of the regions whose messages are here: receiving them crashed every time, their cases stand still.',
      remedy: 'find the crash in the log of jiexu-exchange-receive, mend it, then redrive the queue within 14 days.',
    });
    const inboxes = regions.map((region) => ({
      region,
      inbox: new RegionInbox(this, `R${region.code}`, {
        house,
        region,
        receive: exchange.receive,
        receiveTimeout: RECEIVE_TIMEOUT,
        // Receipts, answers of the clerks one by one and by file, receipts of replayed messages.
        signers: [exchange.receive.grantPrincipal, exchange.imports.run.grantPrincipal, ...api.signers],
        publisher: exchange.register.grantPrincipal,
        deadLetterQueue,
        notices: exchange.notices,
      }),
    }));
    const entry = new CustomResource(this, 'DirectoryEntry', {
      resourceType: 'Custom::JiexuRegions',
      serviceToken: exchange.register.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        // CloudFormation calls again when a property changes only; a calendar that has gained a year must reach the directory too.
        CalendarYears: seedYears().map(({ year }) => year),
        Regions: inboxes.map(({ region: { code, name }, inbox: { queue, signingKeys } }) => ({
          code,
          name,
          inboxUrl: queue.queueUrl,
          signingKeyId: signingKeys.current.keyId,
        })),
      },
    });
    // A region is announced when its inbox is read, and signs with a key when everybody can know it: a signature by a key that is not in the
    // directory sends a good message to quarantine.
    for (const { queue, mapping, signingKeys } of inboxes.map(({ inbox }) => inbox)) {
      entry.node.addDependency(queue, mapping, signingKeys.current);
      signingKeys.alias.node.addDependency(entry);
    }
  }
}
