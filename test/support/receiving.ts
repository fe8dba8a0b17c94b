import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { type ReceiveDeps, receive } from '../../functions/exchange/receive.ts';
import { aRegion } from './directory.ts';
import { at, casesInMemory, parkingInMemory, quarantineInMemory } from './exchange.ts';
import { aKeyPair, aNoticeEvent, CHENGDU, HANGZHOU, sealed, signerWith, uuid } from './messages.ts';
import { untouched } from './untouched.ts';
import { unitWitness } from './witness.ts';

export const key = aKeyPair();
export const chengduKey = aKeyPair();
export const regions = new Map([
  [String(HANGZHOU), aRegion({ code: HANGZHOU, signingKeys: [key.published] })],
  [String(CHENGDU), aRegion({ code: CHENGDU, inboxUrl: 'https://sqs.test/inbox', signingKeys: [chengduKey.published] })],
]);
export const calendar = calendarOf(seedYears());
export const signed = (event: Record<string, unknown>) => sealed(key.privateKey, event);
export const notice = (n: number, said: Record<string, unknown> = {}) => signed(aNoticeEvent(n, said));
export const fault = () => new Error('the network is down');

/** Chengdu's side of the exchange; each test replaces what it needs. */
export function chengdu(said: Partial<ReceiveDeps> = {}) {
  const parking = parkingInMemory();
  const quarantine = quarantineInMemory(parking.rows);
  const cases = casesInMemory(parking, quarantine);
  const seen = unitWitness();
  const armed: string[] = [];
  const postponed: [string, number][] = [];
  let messageId = 700;
  const deps: ReceiveDeps = {
    cases: untouched('cases', { acceptMessage: cases.accept }),
    directory: untouched('directory', { region: async (code) => regions.get(code), calendar: async () => calendar }),
    parking: parking.store,
    quarantine: quarantine.store,
    pending: { armReceipt: async ({ SK }) => void armed.push(SK) },
    inboxes: { postpone: async (_url, handle, seconds) => void postponed.push([handle, seconds]) },
    signer: signerWith(chengduKey.privateKey),
    ids: { messageId: () => uuid(messageId++) as never },
    clock: { now: () => at('2026-11-20T01:00:09Z') },
    log: seen.log,
    metrics: seen.metrics,
    ...said,
  };
  const order = () => cases.handled.map(({ message }) => message.sequence);
  return { deps, parking, quarantine, cases, seen, armed, postponed, order };
}

export const failedIds = async (...call: Parameters<typeof receive>) =>
  (await receive(...call)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
