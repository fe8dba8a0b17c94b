import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { AccessLogs, HouseBucket } from './house-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

/** An office can ask for its result that long; what a file said of a case stands on the case. */
const KEPT = Duration.days(90);

const OBJECTS = 'imports/*';

/** Files that offices hand in, and the result of each. They hold names and accounts, so they are forgotten. */
export class ImportsBucket extends Construct {
  readonly bucket: HouseBucket;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    this.#key = key;
    this.bucket = new HouseBucket(this, 'Bucket', {
      key,
      accessLogs: new AccessLogs(this, 'AccessLogs'),
      lifecycleRules: [{ expiration: KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }

  /** Reading and writing files and results. A link that the grantee signs can do no more than the grantee. */
  allowReadWrite(grantee: ServiceFunction): void {
    grantee.allow(['s3:GetObject', 's3:PutObject'], this.bucket.arnForObjects(OBJECTS));
    grantee.allow(['kms:GenerateDataKey', 'kms:Decrypt'], this.#key.keyArn);
    // cdk-nag names what it found by the ARN as the grantee's stack imports it.
    const { 'Fn::ImportValue': imported } = Stack.of(this).resolve(Stack.of(this).exportValue(this.bucket.bucketArn));
    Validations.of(grantee.role ?? grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${imported}/${OBJECTS}]`,
      reason: 'Every import has objects of its own, and only their prefix is known beforehand.',
    });
  }
}
