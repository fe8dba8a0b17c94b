import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';
import type { Scheme } from '../../schemas/codes.ts';
import { type NoticeKind, NoticeRow } from '../../schemas/notices.ts';
import type { CalendarDate, IdempotencyKey, OfficeCode, PersonHash, RegionCode, Sha256, VoucherId } from '../../schemas/primitives.ts';
import { VoucherKeyRow, VoucherRow } from '../../schemas/vouchers.ts';
import { idempotencyKey, voucherKey, voucherNoticeKey, voucherOfKey } from '../cases/keys.ts';
import { NOTICE_DELIVERED } from '../cases/notice-items.ts';

export type VoucherStore = ReturnType<typeof createVoucherStore>;

/** Under which idempotency key something is asked for, and with what (E1). */
export type KeyUse = { region: RegionCode; office: OfficeCode; key: IdempotencyKey; bodyHash: Sha256 };

/** What the key was answered with; undefined where it was used for something that is no voucher. */
export type KeyAnswer = z.infer<typeof VoucherKeyRow> | undefined;

/** Why a voucher or copy was not written: nothing of it was. */
export type WriteResult =
  | { kind: 'written' }
  | { kind: 'key-used'; answer: KeyAnswer }
  /** The number is a voucher or void already; or another copy has been made since the voucher was read. */
  | { kind: 'taken' }
  /** Another transaction is writing one of the rows right now. */
  | { kind: 'conflict' };

export type CreateResult =
  | WriteResult
  /** Another request has issued `original` for the same suspension. */
  | { kind: 'issued-already'; original: VoucherId };

/** What there is one original voucher for. */
export type Suspension = { region: RegionCode; personHash: PersonHash; scheme: Scheme; suspendedOn: CalendarDate };

type Proof = NonNullable<NoticeRow['delivered']>;
type WriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const NEW = 'attribute_not_exists(PK)';
const Pointer = VoucherRow.pick({ voucherId: true });

/** Vouchers with their copies and notices. Nothing is deleted. */
export function createVoucherStore(client: DynamoDBDocumentClient, table: string) {
  const pointerOf = ({ region, personHash, scheme, suspendedOn }: Suspension) => voucherOfKey(region, personHash, scheme, suspendedOn);

  /**
   * The key's row comes first in every transaction: what it says explains why the others were refused.
   * @returns why nothing was written
   */
  async function write(
    { region, office, key, bodyHash }: KeyUse,
    row: VoucherRow,
    items: WriteItem[],
  ): Promise<TransactionCanceledException | undefined> {
    const serial = row.copies.length - 1;
    const Item = { ...idempotencyKey(region, office, key), bodyHash, voucherId: row.voucherId, serial };
    const keyItem = { Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } };
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [keyItem, ...items] }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      return error;
    }
  }

  return {
    /** The voucher of a number; undefined where the number is void or was never taken. */
    async read(id: VoucherId): Promise<VoucherRow | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: voucherKey(id), ConsistentRead: true }));
      return Item?.kind === 'voucher' ? VoucherRow.parse(Item) : undefined;
    },

    /** What a key was used for before; undefined where it is new. */
    async readKey({ region, office, key }: Pick<KeyUse, 'region' | 'office' | 'key'>): Promise<{ answer: KeyAnswer } | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: idempotencyKey(region, office, key), ConsistentRead: true }),
      );
      return Item && { answer: VoucherKeyRow.safeParse(Item).data };
    },

    /** The original voucher that was issued for a suspension. */
    async originalFor(suspension: Suspension): Promise<VoucherId | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: pointerOf(suspension), ConsistentRead: true }));
      return Item && Pointer.parse(Item).voucherId;
    },

    /** Writes a new voucher with its notices, the answer of its key, and the pointer that keeps it the only original. */
    async create(use: KeyUse, row: VoucherRow, notices: readonly NoticeRow[]): Promise<CreateResult> {
      const Item = { ...pointerOf({ ...row, scheme: row.voucher.scheme }), voucherId: row.voucherId };
      const cancelled = await write(use, row, [
        { Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
        ...[row, ...notices].map((one) => ({ Put: { TableName: table, Item: one, ConditionExpression: NEW } })),
      ]);
      return cancelled ? (keyUsed(cancelled) ?? issuedAlready(cancelled) ?? resultOf(cancelled)) : { kind: 'written' };
    },

    /** Writes the last copy of `row`, unless another one has been added since it was read. */
    async addCopy(use: KeyUse, row: VoucherRow): Promise<WriteResult> {
      const cancelled = await write(use, row, [
        {
          Update: {
            TableName: table,
            Key: voucherKey(row.voucherId),
            UpdateExpression: 'SET copies = list_append(copies, :copy), #version = :version',
            ConditionExpression: '#version = :before',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':copy': row.copies.slice(-1), ':version': row.version, ':before': row.version - 1 },
          },
        },
      ]);
      return cancelled ? (keyUsed(cancelled) ?? resultOf(cancelled)) : { kind: 'written' };
    },

    /**
     * Proof that a notice was given takes it out of the queue, and out of the index if its event was not published. The same word a second
     * time changes nothing. @returns false where no such notice waits
     */
    async deliver(id: VoucherId, notice: NoticeKind, proof: Proof): Promise<boolean> {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: voucherNoticeKey(id, notice),
            UpdateExpression: NOTICE_DELIVERED,
            ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(delivered) AND attribute_not_exists(withdrawnAt)',
            ExpressionAttributeValues: { ':proof': proof },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const before = error.Item && NoticeRow.parse(unmarshall(error.Item)).delivered;
        return before !== undefined && before.by === proof.by && before.channel === proof.channel && before.note === proof.note;
      }
    },
  };
}

const FAILED = 'ConditionalCheckFailed';

function keyUsed({ CancellationReasons = [] }: TransactionCanceledException): WriteResult | undefined {
  const [ofKey] = CancellationReasons;
  if (ofKey?.Code !== FAILED) return undefined;
  return { kind: 'key-used', answer: VoucherKeyRow.safeParse(ofKey.Item && unmarshall(ofKey.Item)).data };
}

/** The pointer comes second. */
function issuedAlready({ CancellationReasons = [] }: TransactionCanceledException): CreateResult | undefined {
  const [, ofPointer] = CancellationReasons;
  if (ofPointer?.Code !== FAILED) return undefined;
  return { kind: 'issued-already', original: Pointer.parse(ofPointer.Item && unmarshall(ofPointer.Item)).voucherId };
}

/** @throws the error itself when the transaction was cancelled for anything else: trying again at once mends none of that */
function resultOf(error: TransactionCanceledException): WriteResult {
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  if (codes.includes(FAILED)) return { kind: 'taken' };
  if (codes.includes('TransactionConflict')) return { kind: 'conflict' };
  throw error;
}
