import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { DocumentsBucket } from '../constructs/documents-bucket.ts';
import { HouseTable } from '../constructs/house-table.ts';
import { HouseTopic } from '../constructs/house-topic.ts';
import { ImportsBucket } from '../constructs/imports-bucket.ts';
import { EncryptionKey, PersonHashKey } from '../constructs/service-key.ts';
import { alarmsPublish, logsEncrypt } from '../constructs/service-principals.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** What must outlive every deployment: tables, documents, files, keys, and the topic that operators listen to. */
export class StorageStack extends Stack {
  readonly messageKey: EncryptionKey;
  readonly logKey: EncryptionKey;
  readonly personHashKey: PersonHashKey;
  readonly exchange: HouseTable;
  readonly directory: HouseTable;
  readonly imports: ImportsBucket;
  readonly alarmTopic: Topic;

  constructor(app: App, id: string) {
    super(app, id, { description: 'Jiexu: tables, documents and keys', terminationProtection: true });
    const dataKey = new EncryptionKey(this, 'DataKey', {
      alias: 'alias/jiexu-data',
      description: 'Jiexu: tables, documents, files handed in',
    });
    this.messageKey = new EncryptionKey(this, 'MessageKey', {
      alias: 'alias/jiexu-messages',
      description: 'Jiexu: queues and topics',
      services: [alarmsPublish()],
    });
    this.logKey = new EncryptionKey(this, 'LogKey', {
      alias: 'alias/jiexu-logs',
      description: 'Jiexu: log groups',
      services: [logsEncrypt(this)],
    });
    this.personHashKey = new PersonHashKey(this, 'PersonHashKey');

    this.exchange = new HouseTable(this, 'Exchange', {
      key: dataKey,
      // The stream only wakes the dispatcher, so the keys are all it needs; no personal data travels in it.
      stream: StreamViewType.KEYS_ONLY,
      indexes: [
        { indexName: 'workList', partitionKey: text('workOffice'), sortKey: text('workDue'), projectionType: ProjectionType.KEYS_ONLY },
        { indexName: 'nextAlert', partitionKey: text('alertShard'), sortKey: text('nextAlert'), projectionType: ProjectionType.KEYS_ONLY },
        {
          indexName: 'pending',
          partitionKey: text('pendingShard'),
          sortKey: text('nextAttempt'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.directory = new HouseTable(this, 'Directory', { key: dataKey });
    const documents = new DocumentsBucket(this, 'Documents', { key: dataKey });
    this.imports = new ImportsBucket(this, 'Imports', { key: dataKey });
    this.alarmTopic = new HouseTopic(this, 'AlarmTopic', { key: this.messageKey, displayName: 'Jiexu alarms (operators)', alarms: true });

    new CfnOutput(this, 'ExchangeTableName', { value: this.exchange.table.tableName });
    new CfnOutput(this, 'DirectoryTableName', { value: this.directory.table.tableName });
    new CfnOutput(this, 'DocumentsBucketName', { value: documents.bucket.bucketName });
    new CfnOutput(this, 'ImportsBucketName', { value: this.imports.bucket.bucketName });
    new CfnOutput(this, 'PersonHashKeyId', { value: this.personHashKey.keyId });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
  }
}
