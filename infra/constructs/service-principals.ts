import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ENCRYPT_AND_DECRYPT } from './service-key.ts';

const CLOUDWATCH = 'cloudwatch.amazonaws.com';
const ownAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** Key policy: alarms of this account publish to encrypted topics. Without it an alarm is lost without a trace. */
export const alarmsPublish = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'AlarmsPublish',
    principals: [new ServicePrincipal(CLOUDWATCH)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: ownAccount,
  });

/** Topic policy: alarms of this account may publish. A topic with a policy of its own has lost the default that lets its account in. */
export const alarmsMayPublishTo = (topicArn: string): PolicyStatement =>
  new PolicyStatement({
    sid: 'AlarmsPublish',
    principals: [new ServicePrincipal(CLOUDWATCH)],
    actions: ['sns:Publish'],
    resources: [topicArn],
    conditions: ownAccount,
  });

/**
 * Key policy: CloudWatch Logs encrypts the log groups of this account. Its principal is regional and, unlike most, ends in the partition's
 * own suffix.
 */
export const logsEncrypt = (scope: Construct): PolicyStatement =>
  new PolicyStatement({
    sid: 'LogsEncrypt',
    principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
    actions: ENCRYPT_AND_DECRYPT,
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': Stack.of(scope).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
