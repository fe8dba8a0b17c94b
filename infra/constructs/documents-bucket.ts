import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { AccessLogs, HouseBucket } from './house-bucket.ts';

/** Write-once store of documents, and the record of who fetched them. */
export class DocumentsBucket extends Construct {
  readonly bucket: HouseBucket;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    this.bucket = new HouseBucket(this, 'Bucket', {
      key,
      accessLogs: new AccessLogs(this, 'AccessLogs'),
      versioned: true,
      // No default retention: each object's is set when it is written and extended when its case closes.
      objectLockEnabled: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
  }
}
