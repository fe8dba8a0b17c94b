/**
 * The fewest requests that the design (one transaction per command, what follows pending in it, every message receipted) implies for one
 * case that is handed over with money, whatever the code.
 *
 * 8 clerk commands: open, accept, send-letter, confirm-termination, remit, send-table, confirm-money, complete.
 * 4 messages: letter, advice, table, completion notice. Each is answered by 1 receipt, so 8 things travel.
 *
 * | why | DynamoDB | KMS | SQS |
 * |---|---|---|---|
 * | a command reads the case (not `open`: there is none) and writes once | 7 GetItem, 8 TransactWriteItems | | |
 * | numbers of case, letter and table come from counters | 3 UpdateItem | | |
 * | the person of an application is hashed under a key | | 1 GenerateMac | |
 * | each message and each receipt is signed once | | 8 Sign | |
 * | each thing that travels: the stream's wake-up is queued, taken and deleted | | | 3 in batches of ≤ 10 |
 * | … its row is read, since a wake-up carries no data, and it is sent to an inbox | 8 GetItem | | 8 SendMessage |
 * | … it is taken from the inbox and deleted | | | 2 in batches of ≤ 10 |
 * | … the case is read with the row that concerns it, and written once | 8 BatchGetItem, 8 TransactWriteItems | | |
 * | a receipt is never receipted: its row says that it was sent | 4 UpdateItem | | |
 *
 * The directory costs nothing per case: it is read once a minute and process, not by case.
 */
export const MINIMUM = {
  dynamoDb: 7 + 8 + 3 + 8 + (8 + 8) + 4,
  kms: 1 + 8,
  /** Unbatched: what no batching can save. */
  sqsSends: 8,
  commands: 8,
  travelling: 8,
} as const;

/** SQS requests of one case: one at a time when traffic is thin, in full batches of ten when it is heavy. */
export const sqsMinimum = (batch: number): number => MINIMUM.sqsSends + (5 * MINIMUM.travelling) / batch;

/** Lambda invocations of one case: a command each, and `relay` (by the stream's batch), `dispatch` and `receive` for what travels. */
export const invocationsMinimum = (batch: number, streamBatch = batch): number =>
  MINIMUM.commands + MINIMUM.travelling / streamBatch + (2 * MINIMUM.travelling) / batch;
