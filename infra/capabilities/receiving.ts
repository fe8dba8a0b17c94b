import { Construct } from 'constructs';
import { counted, HouseAlarm } from '../constructs/alarm.ts';
import { CONSUME } from '../constructs/house-queue.ts';
import { type House, ServiceFunction } from '../constructs/service-function.ts';
import { inboxArnPattern } from '../names.ts';
import type { StorageStack } from '../stacks/storage.ts';
import { allowCasework, caseEnvironment } from './casework.ts';

/** Seconds of one invocation; the inboxes' visibility timeout follows from it. */
export const RECEIVE_TIMEOUT = 60;

/** From inboxes to cases: one function for all regions; each inbox brings its own mapping. */
export class Receiving extends Construct {
  readonly receive: ServiceFunction;

  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id);
    this.receive = new ServiceFunction(this, 'Receive', {
      house,
      name: 'exchange-receive',
      timeout: RECEIVE_TIMEOUT,
      environment: caseEnvironment(storage),
      impact: 'clerks of the receiving regions: letters and tables that have arrived do not show in their cases.',
      remedy: 'read the log of jiexu-exchange-receive; messages stay in the inboxes for 14 days and are tried again.',
    });
    allowCasework(this.receive, storage);
    this.receive.allow(CONSUME, inboxArnPattern(this));
    this.receive.allow(['kms:Decrypt'], house.messageKey.keyArn);

    new HouseAlarm(this, 'Quarantined', {
      metric: counted('Quarantined'),
      topic: house.alarmTopic,
      impact: 'the person and both offices of a case whose message was refused as malformed, forged or misdirected.',
      remedy: 'a supervisor of the receiving region opens the quarantine list, settles the cause with the sender and replays the message.',
    });
    new HouseAlarm(this, 'StillFailing', {
      metric: counted('StillFailing'),
      topic: house.alarmTopic,
      impact:
        'clerks of a case whose message has failed for minutes: it does not show, nor does anything that was sent after it in this case.',
      remedy:
        'search the log of jiexu-exchange-receive for message.retry and mend the cause; tries go on, at least one an hour for five days.',
    });
  }
}
