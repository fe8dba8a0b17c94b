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
  /** Messages that say what money is coming. */
  advices: number;
  /** Persons and employers that have to be told the result. */
  notices: number;
};

export type Minimum = { dynamoDb: number; kms: number; sqsSends: number; publishes: number; commands: number; travelling: number };

/**
 * The fewest requests that the design (one transaction per command, what follows pending in it, every message receipted, every notice an event)
 * implies for one case that is handed over with money, confirmed by hand, whatever the code.
 *
 * Under 2016.2 there are 13 clerk commands: open, accept, send-letter, propose- and approve-termination, propose- and approve-remittance, propose-
 * and approve-table, confirm-money, credit, complete, deliver-notice; and 4 messages: letter, advice, table, completion notice. Under 2021.1 there
 * are 10 commands: request, give-verdict, propose- and approve-remittance, propose- and approve-table, confirm-money, credit, complete,
 * deliver-notice; and 5 messages: request, verdict, advice, table, completion notice. No command can be left out of these: F2 asks for a second
 * person at termination, money out, table and credit, S94 7.4 and B15 for the proof that the person was told. Each message is answered by 1
 * receipt, so 8 and 10 things travel. The person applied alone, so 1 notice is due.
 *
 * | why | 2016.2 | 2021.1 |
 * |---|---|---|
 * | a command reads the case (not the first: there is none) | 12 GetItem | 9 GetItem |
 * | … and writes once: place, index of persons and of awaited money, notices and clocks are in the same transaction | 13 TransactWriteItems | 10 TransactWriteItems |
 * | numbers come from counters: of case, letter, table; 2021 has no letter | 3 UpdateItem | 2 UpdateItem |
 * | the person is hashed under a key where a copy begins, at either side | 2 GenerateMac | 2 GenerateMac |
 * | each message and each receipt is signed once | 8 Sign | 10 Sign |
 * | each thing that travels: the stream's wake-up is queued, taken and deleted | 3 SQS in batches of ≤ 10 | the same |
 * | … its row is read, since a wake-up carries no data, and it is sent to an inbox | 8 GetItem, 8 SendMessage | 10 GetItem, 10 SendMessage |
 * | … it is taken from the inbox and deleted | 2 SQS in batches of ≤ 10 | the same |
 * | … the case is read with the row that concerns it, and written once | 8 BatchGetItem, 8 writes | 10 BatchGetItem, 10 writes |
 * | a receipt is never receipted: its row says that it was sent | 4 UpdateItem | 5 UpdateItem |
 * | an advice that is written looks for money that came before it: before it was written nobody could know whose that is | 1 Query | 1 Query |
 * | a notice is read when its day has come, since an index carries no data, published, and says so | 1 GetItem, 1 Publish, 1 UpdateItem | the same |
 *
 * A write is a transaction, except for the receipt of the verdict, on which no clock hangs: it marks one row. The directory costs nothing per
 * case: it is read once a minute and process, not by case. Nor does looking for what is due: the sweep asks the index once for a page of
 * hundreds, and as often where nothing is due.
 */
function minimumOf({ commands, messages, numbers, persons, advices, notices }: Path): Minimum {
  const travelling = 2 * messages;
  return {
    dynamoDb: commands - 1 + commands + numbers + travelling + 2 * travelling + messages + advices + 2 * notices,
    kms: persons + travelling,
    /** Unbatched: what no batching can save. */
    sqsSends: travelling,
    publishes: notices,
    commands,
    travelling,
  };
}

export const MINIMUM_2016 = minimumOf({ commands: 13, messages: 4, numbers: 3, persons: 2, advices: 1, notices: 1 });
export const MINIMUM_2021 = minimumOf({ commands: 10, messages: 5, numbers: 2, persons: 2, advices: 1, notices: 1 });

/** SQS requests of one case: one at a time when traffic is thin, in full batches of ten when it is heavy. */
export const sqsMinimum = ({ sqsSends, travelling }: Minimum, batch: number): number => sqsSends + (5 * travelling) / batch;

/** Lambda invocations of one case: a command each, and `relay` (by the stream's batch), `dispatch` and `receive` for what travels. */
export const invocationsMinimum = ({ commands, travelling }: Minimum, batch: number, streamBatch = batch): number =>
  commands + travelling / streamBatch + (2 * travelling) / batch;
