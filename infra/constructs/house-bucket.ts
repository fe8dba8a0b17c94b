import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What all buckets share. */
const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Who fetched what. S3 delivers access logs only to a bucket under its own keys. Object names carry numbers of cases, no personal data. */
export class AccessLogs extends Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      ...closed,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(3 * 365) }],
    });
  }
}

export interface HouseBucketProps
  extends Pick<BucketProps, 'versioned' | 'objectLockEnabled' | 'lifecycleRules' | 'serverAccessLogsPrefix'> {
  readonly key: IKey;
  readonly accessLogs: AccessLogs;
}

/** Bucket under the customer-managed key, closed to the public, reachable by TLS only, whose readers are recorded. */
export class HouseBucket extends Bucket {
  constructor(scope: Construct, id: string, { key, accessLogs, ...props }: HouseBucketProps) {
    super(scope, id, {
      ...closed,
      ...props,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: accessLogs,
    });
  }
}
