/** What the design makes of one case that is handed over with money, by procedure. */
type Path = {
  /** Clerk commands. */
  commands: number;
  /** Business messages; each is answered by one receipt. */
  messages: number;
  /** Numbers drawn from counters. */
  numbers: number;
  /** Copies of the case that begin with a person: the one of the clerk and the one of the message. */
  persons: number;
};

export type Minimum = { dynamoDb: number; kms: number; sqsSends: number; commands: number; travelling: number };

/**
 * The fewest requests that the design (one transaction per command, what follows pending in it, every message receipted) implies for one
 * case that is handed over with money, whatever the code.
 *
 * Under 2016.2 there are 10 clerk commands: open, accept, send-letter, propose- and approve-termination, remit, propose- and approve-table,
 * confirm-money, complete; and 4 messages: letter, advice, table, completion notice. Under 2021.1 there are 7 commands: request, give-verdict,
 * remit, propose- and approve-table, confirm-money, complete; and 5 messages: request, verdict, advice, table, completion notice. Each message is
 * answered by 1 receipt, so 8 and 10 things travel.
 *
 * | why | 2016.2 | 2021.1 |
 * |---|---|---|
 * | a command reads the case (not the first: there is none) | 9 GetItem | 6 GetItem |
 * | … and writes once; the person's place is taken and given back in it | 10 TransactWriteItems | 7 TransactWriteItems |
 * | numbers come from counters: of case, letter, table; 2021 has no letter | 3 UpdateItem | 2 UpdateItem |
 * | the person is hashed under a key where a copy begins, at either side | 2 GenerateMac | 2 GenerateMac |
 * | each message and each receipt is signed once | 8 Sign | 10 Sign |
 * | each thing that travels: the stream's wake-up is queued, taken and deleted | 3 SQS in batches of ≤ 10 | the same |
 * | … its row is read, since a wake-up carries no data, and it is sent to an inbox | 8 GetItem, 8 SendMessage | 10 GetItem, 10 SendMessage |
 * | … it is taken from the inbox and deleted | 2 SQS in batches of ≤ 10 | the same |
 * | … the case is read with the row that concerns it, and written once | 8 BatchGetItem, 8 writes | 10 BatchGetItem, 10 writes |
 * | a receipt is never receipted: its row says that it was sent | 4 UpdateItem | 5 UpdateItem |
 *
 * A write is a transaction, except for the receipt of the verdict, on which no clock hangs: it marks one row. The directory costs nothing per
 * case: it is read once a minute and process, not by case.
 */
function minimumOf({ commands, messages, numbers, persons }: Path): Minimum {
  const travelling = 2 * messages;
  return {
    dynamoDb: commands - 1 + commands + numbers + travelling + 2 * travelling + messages,
    kms: persons + travelling,
    /** Unbatched: what no batching can save. */
    sqsSends: travelling,
    commands,
    travelling,
  };
}

export const MINIMUM_2016 = minimumOf({ commands: 10, messages: 4, numbers: 3, persons: 2 });
export const MINIMUM_2021 = minimumOf({ commands: 7, messages: 5, numbers: 2, persons: 2 });

/** SQS requests of one case: one at a time when traffic is thin, in full batches of ten when it is heavy. */
export const sqsMinimum = ({ sqsSends, travelling }: Minimum, batch: number): number => sqsSends + (5 * travelling) / batch;

/** Lambda invocations of one case: a command each, and `relay` (by the stream's batch), `dispatch` and `receive` for what travels. */
export const invocationsMinimum = ({ commands, travelling }: Minimum, batch: number, streamBatch = batch): number =>
  commands + travelling / streamBatch + (2 * travelling) / batch;
