import { Construct } from 'constructs';
import { QueueWithConsumer } from '../constructs/queue-with-consumer.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { House, ServiceFunction } from '../constructs/service-function.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { inboxArnPattern } from '../names.ts';
import type { StorageStack } from '../stacks/storage.ts';

/** From pending rows to the recipients' inboxes: the stream wakes the dispatcher, the sweep sends what a lost wake-up left behind. */
export class Sending extends Construct {
  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id);
    const { exchange, directory } = storage;
    const environment = { EXCHANGE_TABLE: exchange.table.tableName, DIRECTORY_TABLE: directory.table.tableName };
    const mayDeliver = (sender: ServiceFunction): void => {
      exchange.allowReadWrite(sender, 'GetItem', 'UpdateItem');
      directory.allowRead(sender, 'GetItem');
      sender.allow(['sqs:SendMessage'], inboxArnPattern(this));
      sender.allow(['kms:GenerateDataKey', 'kms:Decrypt'], house.messageKey.keyArn);
    };

    const { queue, consumer } = new QueueWithConsumer(this, 'Dispatch', {
      house,
      name: 'exchange-dispatch',
      timeout: 30,
      environment,
      maxReceiveCount: 5,
      impact: 'clerks waiting for an answer: their letters and tables leave with the sweep, minutes late.',
      remedy: 'read the log of jiexu-exchange-dispatch; nothing is lost, pending rows stay until delivered.',
      dead: {
        impact: 'clerks of the cases these messages stand for: their letters leave with the sweep only.',
        remedy: 'find the cause in the log of jiexu-exchange-dispatch, then purge the queue; the pending rows hold everything.',
      },
    });
    mayDeliver(consumer);

    new StreamConsumer(this, 'Relay', {
      house,
      name: 'exchange-relay',
      timeout: 30,
      environment: { SEND_QUEUE_URL: queue.queueUrl },
      table: exchange,
      // A new message row is the only change that asks for sending.
      filter: { eventName: ['INSERT'], dynamodb: { Keys: { SK: { S: [{ prefix: 'M#' }] } } } },
      target: queue,
      impact: 'clerks waiting for an answer: letters and tables leave with the sweep instead of at once.',
      remedy: 'read the log of jiexu-exchange-relay; check that the send queue and its key accept messages.',
      dead: {
        impact: 'clerks of the cases whose changes were given up: their letters leave with the sweep only.',
        remedy: 'find the cause in the log of jiexu-exchange-relay, then purge the queue; the pending rows hold everything.',
      },
    });

    const sweep = new ScheduledFunction(this, 'Sweep', {
      house,
      name: 'exchange-sweep',
      timeout: 55,
      everyMinutes: 1,
      environment,
      impact: 'both offices of every case whose message was not delivered at the first try: nothing sends it again.',
      remedy: 'read the log of jiexu-exchange-sweep; pending rows are kept and go out with the next good run.',
      silent: {
        impact: 'both offices of every case with an undelivered message: nothing sends it again.',
        remedy: 'check the rule that starts jiexu-exchange-sweep and the concurrency left in the account.',
      },
    });
    exchange.allowQuery(sweep, 'pending');
    mayDeliver(sweep);
  }
}
