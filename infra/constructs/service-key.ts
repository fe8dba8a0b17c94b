import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, type IPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** What administrators of the account need, written out: the usual `kms:*` would let any policy in the account use the key as well. */
const ADMINISTER = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:ListRetirableGrants',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** `kms:GenerateDataKey*` and `kms:ReEncrypt*` written out. */
export const ENCRYPT_AND_DECRYPT = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const administration = (): PolicyStatement =>
  new PolicyStatement({ sid: 'Administer', principals: [new AccountRootPrincipal()], actions: ADMINISTER, resources: ['*'] });

/** Use that the account's own IAM policies may hand out. A key whose use is not delegated obeys its own policy alone. */
const delegated = (actions: string[]): PolicyStatement =>
  new PolicyStatement({ sid: 'DelegateUse', principals: [new AccountRootPrincipal()], actions, resources: ['*'] });

interface EncryptionKeyProps {
  readonly alias: string;
  readonly description: string;
  /** AWS services that use the key on their own account, each under a condition that keeps other accounts out. */
  readonly services?: PolicyStatement[];
}

/** Customer-managed key for data at rest (F5). */
export class EncryptionKey extends Key {
  constructor(scope: Construct, id: string, { alias, description, services = [] }: EncryptionKeyProps) {
    super(scope, id, {
      alias,
      description,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
      // DynamoDB keeps a grant on the key of a table, made in the name of whoever deploys.
      policy: new PolicyDocument({ statements: [administration(), delegated([...ENCRYPT_AND_DECRYPT, 'kms:CreateGrant']), ...services] }),
    });
  }
}

/** Key of the keyed hash by which a person is found without storing the ID number outside the case. */
export class PersonHashKey extends Key {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      alias: 'alias/jiexu-person-hash',
      description: 'Jiexu: keyed hash of ID numbers',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.RETAIN,
      policy: new PolicyDocument({ statements: [administration(), delegated(['kms:GenerateMac'])] }),
    });
  }
}

interface SigningKeysProps {
  readonly alias: string;
  readonly description: string;
  /** How many keys the region has had, this one included. */
  readonly generation: number;
  readonly signers: readonly IPrincipal[];
  readonly publisher: IPrincipal;
}

/**
 * Key with which one region signs its messages (E6), under its alias; beside it the key before, so that a rotation can be taken back. Their
 * use is not delegated to IAM: only the functions named here can sign in a region's name, whatever other policies the account grows. Naming
 * them also spares the minutes that KMS takes to see a new alias in a policy.
 */
export class SigningKeys extends Construct {
  readonly current: Key;
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { alias, generation, ...props }: SigningKeysProps) {
    super(scope, id);
    if (generation > 1) this.#key(generation - 1, props);
    this.current = this.#key(generation, props);
    this.alias = new Alias(this, 'Alias', { aliasName: alias, targetKey: this.current });
  }

  #key(generation: number, { description, signers, publisher }: Omit<SigningKeysProps, 'alias' | 'generation'>): Key {
    return new Key(this, generation === 1 ? 'Default' : `Generation${generation}`, {
      description,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
      policy: new PolicyDocument({
        statements: [
          administration(),
          new PolicyStatement({ sid: 'Sign', principals: [...signers], actions: ['kms:Sign'], resources: ['*'] }),
          new PolicyStatement({ sid: 'Publish', principals: [publisher], actions: ['kms:GetPublicKey'], resources: ['*'] }),
        ],
      }),
    });
  }
}
