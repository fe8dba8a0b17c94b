import { MessagesView, MessageView } from '../../schemas/message-views.ts';
import { MessageId } from '../../schemas/primitives.ts';
import type { HandledMessageRow, MessageRow } from '../../schemas/rows.ts';
import { toSecond } from '../platform/clock.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { HttpRequest, RouteHandler } from '../platform/http.ts';
import { type CallerCaseDeps, caseOfCaller } from './caller-case.ts';
import { envelopeOf, messageViews } from './message-states.ts';
import type { MessageStore } from './message-store.ts';
import { type ReceiptDeps, sealReceipt } from './receipts.ts';

export type MessagesApiDeps = CallerCaseDeps & ReceiptDeps & { messages: MessageStore };

/** Handlers of the routes about the messages of a case, by route key. */
export const messageHandlers = (deps: MessagesApiDeps): [string, RouteHandler][] => [
  ['GET /v1/cases/{caseNumber}/messages', listHandler(deps)],
  ['POST /v1/cases/{caseNumber}/messages/{messageId}/open', openHandler(deps)],
];

const listHandler =
  (deps: MessagesApiDeps): RouteHandler =>
  async (http) => {
    const { region, caseNumber } = await caseOfCaller(deps, http);
    const messages = messageViews(await deps.messages.ofCase(region, caseNumber));
    return { status: 200, body: MessagesView.parse({ caseNumber, messages }) };
  };

/** Somebody looks at what came: the first time counts, and the counterpart is told of it. The case itself stays as it is. */
const openHandler =
  (deps: MessagesApiDeps): RouteHandler =>
  async (http) => {
    const { region, caseNumber } = await caseOfCaller(deps, http);
    const rows = await deps.messages.ofCase(region, caseNumber);
    const row = handledIn(rows, http);
    const opened = row.openedAt === undefined ? await open(deps, http, row) : row;
    const view = messageViews(rows.map((other) => (other === row ? opened : other))).find(({ messageId }) => messageId === row.messageId);
    return { status: 200, body: MessageView.parse(view) };
  };

/** A message that this side sent is opened by the other side only. */
function handledIn(rows: readonly MessageRow[], { params }: HttpRequest): HandledMessageRow {
  const id = MessageId.safeParse(params.messageId).data;
  for (const row of rows) if (row.direction === 'handled' && row.messageId === id) return row;
  throw new Refusal('message.not-found', [finding('messageId', 'unknown', '该业务没有收到过此报文 (the case received no such message)')]);
}

async function open(deps: MessagesApiDeps, { caller }: HttpRequest, row: HandledMessageRow): Promise<HandledMessageRow> {
  const now = deps.clock.now();
  const openedAt = toSecond(Date.parse(now));
  const opened = await sealReceipt(deps, envelopeOf(row), { kind: 'opened', at: openedAt });
  const { sub: subject, office, role } = caller;
  return deps.messages.open(row, { openedAt, openedBy: { subject, office, role }, opened }, now);
}
