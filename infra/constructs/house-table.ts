import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type GlobalSecondaryIndexProps,
  type StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENCRYPT_AND_DECRYPT } from './service-key.ts';

type Read = 'BatchGetItem' | 'GetItem' | 'Query';
type Write = 'ConditionCheckItem' | 'DeleteItem' | 'PutItem' | 'UpdateItem';

const READ_STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

const onItems = (actions: readonly (Read | Write)[]) => actions.map((action) => `dynamodb:${action}`);

export interface HouseTableProps {
  readonly key: IKey;
  readonly indexes?: GlobalSecondaryIndexProps[];
  readonly stream?: StreamViewType;
}

/**
 * Single table with keys PK and SK: on-demand, restorable to any second of 35 days, under the customer-managed key, protected from deletion.
 * Its `allow…` methods name actions and indexes one by one where CDK's grants write every action, `index/*` and `kms:GenerateDataKey*`.
 */
export class HouseTable extends Construct {
  readonly table: Table;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, { key, indexes = [], stream }: HouseTableProps) {
    super(scope, id);
    this.#key = key;
    // Not TableV2: with a key of our own it wants the region written down, and the templates name none.
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      stream,
    });
    for (const index of indexes) this.table.addGlobalSecondaryIndex(index);
  }

  allowRead(grantee: IGrantable, ...actions: Read[]): void {
    this.#grant(grantee, onItems(actions), [this.table.tableArn]);
    this.#grant(grantee, ['kms:Decrypt', 'kms:DescribeKey'], [this.#key.keyArn]);
  }

  /** A transaction is allowed by the actions of its items. DynamoDB's guide asks for all these uses of a key of one's own. */
  allowReadWrite(grantee: IGrantable, ...actions: (Read | Write)[]): void {
    this.#grant(grantee, onItems(actions), [this.table.tableArn]);
    this.#grant(grantee, ENCRYPT_AND_DECRYPT, [this.#key.keyArn]);
  }

  /** Query of an index, to who may read the table as well. */
  allowQuery(grantee: IGrantable, index: string): void {
    this.#grant(grantee, ['dynamodb:Query'], [`${this.table.tableArn}/index/${index}`]);
  }

  /** @returns ARN of the stream */
  allowReadStream(grantee: IGrantable): string {
    const stream = this.table.tableStreamArn;
    if (stream === undefined) throw new Error(`${this.node.path} has no stream`);
    this.#grant(grantee, READ_STREAM, [stream]);
    this.#grant(grantee, ['kms:Decrypt'], [this.#key.keyArn]);
    return stream;
  }

  #grant(grantee: IGrantable, actions: string[], resources: string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  }
}
