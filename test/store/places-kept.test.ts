import { beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../functions/cases/change.ts';
import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { transitionOf } from '../../functions/cases/procedures/index.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { applyEntry } from '../../functions/cases/timeline.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { applyBody, ENROLLED, openBody, requestBody, voucherBody } from '../support/roads.ts';

let store: CaseStore;
beforeAll(async () => {
  store = createCaseStore(documentClient(dynamoDbLocalClient()), (await createTables(dynamoDbLocalClient())).exchange);
});

const LETTER: Command[] = [{ name: 'accept', facts: ENROLLED }, { name: 'send-letter' }];
const REFUSE: Command = { name: 'refuse', entry: { reasons: [{ code: 'no-relation' }] } };

/** Every story has a day of its own, and so a number of its own. */
let days = 1;

/**
 * The changes of Chengdu's copy in a story that is told alone, so that nobody is in its way. `begun` at a region by a command; `then` is said
 * there when it has arrived, and `here` by Chengdu at the end.
 */
function story(family: '2016' | '2021', region: RegionCode, begun: Command, then: Command[] = [], here: Command[] = []): Change[] {
  days += 1;
  const exchange = new PureExchange({ family, start: new Date(Date.UTC(2026, 2, days, 2)).toISOString() });
  const caseNumber = exchange.begin(region, begun);
  exchange.deliverAll();
  for (const command of then) exchange.give(region === CHENGDU ? HANGZHOU : region, caseNumber, command);
  exchange.deliverAll();
  for (const command of here) exchange.give(CHENGDU, caseNumber, command);
  let before: Folded;
  return exchange.entries(CHENGDU, caseNumber).map((entry) => {
    const after = applyEntry(before, entry);
    const allowedFrom = (before && transitionOf(before.procedure, before.side, entry.command, before.status)?.from) ?? [];
    const change: Change = { before, after, allowedFrom, entry, sent: [] };
    before = after;
    return change;
  });
}

/** Person n at every window. */
const known = <C extends Command>(n: number, command: C): C => ({ ...command, personHash: PersonHash.parse(sha256(person(n).idNumber)) });
const letterFrom = (region: RegionCode, n: number, ...here: Command[]) => story('2016', region, known(n, openBody(n)), LETTER, here);
const voucherWithLetter = (n: number) => story('2016', CHENGDU, known(n, voucherBody(n)), [applyBody(n), ...LETTER]);
const requestAnswered = (n: number) =>
  story('2021', CHENGDU, known(n, requestBody('transferOut', n)), [{ name: 'give-verdict', facts: ENROLLED }]);
const requestFrom = (region: RegionCode, n: number) => story('2021', region, known(n, requestBody('transferIn', n)));

async function commit(...changes: Change[]) {
  const results = [];
  for (const change of changes) results.push(await store.commit(change));
  return results.at(-1);
}
const WRITTEN = { kind: 'written' };
const openCase = ([change]: Change[]) => ({ kind: 'already-open', caseNumber: change!.after.caseNumber });

describe('A10: how long the place of a case that transferOut began yields', () => {
  test('to the region that it was sent to and to no other', async () => {
    const [sent] = requestAnswered(1);
    expect(await commit(sent!)).toEqual(WRITTEN);
    expect(await commit(...requestFrom(WUHAN, 1))).toEqual(openCase([sent!]));
    expect(await commit(...requestFrom(HANGZHOU, 1))).toEqual(WRITTEN);
  });

  test('until transferIn has spoken', async () => {
    const answered = requestAnswered(2);
    expect(await commit(...answered)).toEqual(WRITTEN);
    expect(await commit(...requestFrom(HANGZHOU, 2))).toEqual(openCase(answered));
  });

  test('to no letter that was forwarded', async () => {
    const [sent] = voucherWithLetter(3);
    const [received] = letterFrom(HANGZHOU, 3);
    const { letter } = received!.after;
    const forwardedFrom = [
      { region: WUHAN, messageId: sent!.after.versions!['coverage-voucher']!, receivedAt: received!.entry.recordedAt },
    ];
    const forwarded = { ...received!, after: { ...received!.after, letter: { ...letter!, forwardedFrom } } };
    expect(await commit(sent!, forwarded)).toEqual(openCase([sent!]));
    expect(await commit(received!)).toEqual(WRITTEN);
  });
});

describe('A10: the case that it yielded to has ended', () => {
  test('the letter of the voucher takes the place again', async () => {
    const [sent, letter] = voucherWithLetter(10);
    expect(await commit(sent!, ...letterFrom(HANGZHOU, 10, REFUSE), letter!)).toEqual(WRITTEN);
    expect(await commit(...letterFrom(WUHAN, 10))).toEqual(openCase([sent!]));
  });

  test('where a third has the place, the letter is not written and hears of it', async () => {
    const [sent, letter] = voucherWithLetter(11);
    const third = letterFrom(WUHAN, 11);
    expect(await commit(sent!, ...letterFrom(HANGZHOU, 11, REFUSE), ...third)).toEqual(WRITTEN);
    expect(await commit(letter!)).toEqual(openCase(third));
  });

  test('where another has the place, any other word of transferIn is written, and the other keeps it', async () => {
    const [sent, ...answer] = requestAnswered(12);
    const taker = requestFrom(HANGZHOU, 12);
    expect(await commit(sent!, ...taker, ...answer)).toEqual(WRITTEN);
    expect(await commit(...requestFrom(WUHAN, 12))).toEqual(openCase(taker));
  });
});
