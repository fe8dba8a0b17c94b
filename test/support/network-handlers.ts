import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { casesApi } from '../../functions/cases/api.ts';
import { createApplicationStore } from '../../functions/cases/application-store.ts';
import { createIdentityStore } from '../../functions/cases/identity/identity-store.ts';
import { resolvingHash } from '../../functions/cases/identity/resolving-hash.ts';
import { voucherChecksKey } from '../../functions/cases/keys.ts';
import { createMessageStore } from '../../functions/cases/message-store.ts';
import { createBankLineStore } from '../../functions/cases/money/bank-line-store.ts';
import { createNoticeStore } from '../../functions/cases/notice-store.ts';
import { kmsPersonHash } from '../../functions/cases/person-hash.ts';
import { createPersonIndex } from '../../functions/cases/person-index-store.ts';
import { createAttemptStore, createProgressStore } from '../../functions/cases/progress-store.ts';
import { createRecordStore } from '../../functions/cases/record/record-store.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { snsNotices, snsPublisher } from '../../functions/deadlines/publisher.ts';
import { createDeadlineStore } from '../../functions/deadlines/store.ts';
import { sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { createDirectoryApi } from '../../functions/directory/api.ts';
import { createDirectory } from '../../functions/directory/reader.ts';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { exchangeRoutes } from '../../functions/exchange/api.ts';
import { dispatch } from '../../functions/exchange/dispatch.ts';
import { createPendingStore } from '../../functions/exchange/pending-store.ts';
import { sqsInboxes, sqsSendQueue } from '../../functions/exchange/queues.ts';
import { receive } from '../../functions/exchange/receive.ts';
import { relay } from '../../functions/exchange/relay.ts';
import { sweepPending } from '../../functions/exchange/sweep.ts';
import { handleDeps } from '../../functions/exchange/wire.ts';
import { importsApi } from '../../functions/imports/api.ts';
import { commandKind } from '../../functions/imports/command-kind.ts';
import { s3Files } from '../../functions/imports/files.ts';
import { sqsImportQueue } from '../../functions/imports/import-queue.ts';
import { createImportStore } from '../../functions/imports/import-store.ts';
import { runImports } from '../../functions/imports/run.ts';
import { moneyRoutes } from '../../functions/money/api.ts';
import { statementKind } from '../../functions/money/statement-kind.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import { kmsSigner } from '../../functions/platform/signature.ts';
import { vouchersApi } from '../../functions/vouchers/api.ts';
import { systemCodes } from '../../functions/vouchers/code.ts';
import { createNumberStore } from '../../functions/vouchers/number-store.ts';
import { createVoucherStore } from '../../functions/vouchers/voucher-store.ts';
import { ROUTES } from '../../schemas/api.ts';
import type { HandlerClients } from './network-aws.ts';
import { type ApiRequest, apiEvent, CONTEXT } from './network-http.ts';
import { PERSON_HASH_KEY, type Resources, SIGNING_KEY_ALIAS_PREFIX } from './network-resources.ts';
import type { Witness } from './witness.ts';

/** The product's own handlers, put together as the entry files do, on the clients and the clock of a test. One directory cache each. */
export function handlersFor(clients: HandlerClients, resources: Resources, clock: Clock, seen: Witness) {
  const { documents, sqs, kms, sns, s3 } = clients;
  const { tables, sendQueue, importQueue, importsBucket, alerts, notices } = resources;
  const { log, metrics } = seen;
  const directory = () => createDirectory({ store: createDirectoryStore(documents, tables.directory), clock });
  const numberHash = kmsPersonHash(kms, PERSON_HASH_KEY);
  const identities = createIdentityStore(documents, tables.exchange);
  const caseDeps = () => ({
    store: createCaseStore(documents, tables.exchange),
    directory: directory(),
    signer: kmsSigner(kms, SIGNING_KEY_ALIAS_PREFIX),
    personHash: resolvingHash(numberHash, identities),
    clock,
    ids: systemIds,
    log,
    metrics,
  });
  const moneyDeps = () => ({ ...caseDeps(), bankLines: createBankLineStore(documents, tables.exchange) });
  const importDeps = {
    imports: createImportStore(documents, tables.exchange),
    files: s3Files(s3, importsBucket),
    queue: sqsImportQueue(sqs, importQueue.url),
    clock,
    log,
  };
  const pending = createPendingStore(documents, tables.exchange);
  const inboxes = sqsInboxes(sqs);
  const apis = {
    cases: casesApi({
      ...caseDeps(),
      attempts: createProgressStore(documents, tables.exchange),
      messages: createMessageStore(documents, tables.exchange),
      applications: createApplicationStore(documents, tables.exchange),
      records: createRecordStore(documents, tables.exchange, identities),
      notices: createNoticeStore(documents, tables.exchange),
      identities,
      numberHash,
    }),
    vouchers: vouchersApi({
      numbers: createNumberStore(documents, tables.exchange),
      vouchers: createVoucherStore(documents, tables.exchange),
      checks: createAttemptStore(documents, tables.exchange, voucherChecksKey),
      directory: directory(),
      personHash: resolvingHash(numberHash, identities),
      codes: systemCodes,
      clock,
      log,
      metrics,
    }),
    money: httpHandler(moneyRoutes(moneyDeps()), log, metrics),
    imports: importsApi({ ...importDeps, store: createCaseStore(documents, tables.exchange), directory: directory(), metrics }),
    exchange: httpHandler(exchangeRoutes(handleDeps(caseDeps(), documents, tables.exchange)), log, metrics),
    directory: httpHandler(createDirectoryApi({ store: createDirectoryStore(documents, tables.directory), clock, log }), log, metrics),
  };
  const relayDeps = { sendQueue: sqsSendQueue(sqs, sendQueue.url), log };
  const dispatchDeps = { directory: directory(), inboxes, pending, log };
  const receiveDeps = { ...handleDeps(caseDeps(), documents, tables.exchange), inboxes };
  const sweepDeps = { directory: directory(), inboxes, pending, clock, log, metrics };
  const runDeps = { ...importDeps, kinds: { commands: commandKind(caseDeps()), 'bank-statement': statementKind(moneyDeps()) } };
  const deadlineDeps = {
    store: createDeadlineStore(documents, tables.exchange),
    publisher: snsPublisher(sns, alerts.topic),
    notices: snsNotices(sns, notices.topic),
    persons: createPersonIndex(documents, tables.exchange),
    clock,
    log,
    metrics,
  };
  return {
    relay: (event: DynamoDBStreamEvent) => relay(relayDeps, event),
    dispatch: (event: SQSEvent) => dispatch(dispatchDeps, event),
    receive: (event: SQSEvent) => receive(receiveDeps, event),
    imports: (event: SQSEvent) => runImports(runDeps, event),
    sweepPending: () => sweepPending(sweepDeps),
    sweepDeadlines: () => sweepDeadlines(deadlineDeps),
    async api(request: ApiRequest) {
      const event = apiEvent(request);
      const route = ROUTES.find((candidate) => routeKey(candidate) === event.routeKey);
      const answer = await apis[route?.group ?? 'cases'](event, CONTEXT);
      return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? 'null') };
    },
  };
}

export type Handlers = ReturnType<typeof handlersFor>;
