import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmsMayPublishTo } from './service-principals.ts';

export interface HouseTopicProps {
  readonly key: IKey;
  readonly displayName: string;
  /** CloudWatch alarms publish here. */
  readonly alarms?: boolean;
}

/** Topic under the customer-managed key, reachable by TLS only. */
export class HouseTopic extends Topic {
  readonly #key: IKey;

  constructor(scope: Construct, id: string, { key, displayName, alarms = false }: HouseTopicProps) {
    super(scope, id, { displayName, masterKey: key, enforceSSL: true });
    this.#key = key;
    if (alarms) this.addToResourcePolicy(alarmsMayPublishTo(this.topicArn));
  }

  allowPublish(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [this.topicArn] });
    Grant.addToPrincipal({ grantee, actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resourceArns: [this.#key.keyArn] });
  }
}
