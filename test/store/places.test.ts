import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandOf, Context } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { openCaseKey } from '../../functions/cases/keys.ts';
import { caseNumberOf } from '../../functions/cases/numbers.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { CalendarDate, type CaseNumber, type RegionCode } from '../../schemas/primitives.ts';
import { ProcedureId } from '../../schemas/procedures.ts';
import { contextOf, messageFrom, move, NOW, REGIONS, type Step, TODAY, uuid, WUHAN } from '../support/cases.ts';
import { changeOf } from '../support/changes.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { ENROLLED, openBody, requestBody } from '../support/roads.ts';

let table: string;
let store: CaseStore;
const client = documentClient(dynamoDbLocalClient());
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createCaseStore(client, table);
});

type Family = '2016' | '2021';
let numbers = 0;
const numberFrom = (region: RegionCode): CaseNumber => {
  numbers += 1;
  return caseNumberOf(region, TODAY, numbers);
};

/** All regions speak everything, and are online for the measures of 2021. */
function contextIn(family: Family, region: RegionCode, caseNumber: CaseNumber, said: Partial<Context> = {}): Context {
  const capable = { procedures: [...ProcedureId.options], ...(family === '2021' && { onlineSince: CalendarDate.parse('2021-12-01') }) };
  const other = region === HANGZHOU ? CHENGDU : HANGZHOU;
  numbers += 1;
  return contextOf(region, {
    ...{ caseNumber, messageId: uuid(numbers * 10), secondMessageId: uuid(numbers * 10 + 1) },
    ...{ region: { ...REGIONS[region]!, ...capable }, counterpart: { ...REGIONS[other]!, ...capable } },
    ...said,
  });
}

const received = () => {
  numbers += 1;
  return { messageId: uuid(numbers * 10), sequence: 1, sentAt: NOW };
};

/** A request of the n-th person made at the window of `region`. */
const requested = (region: RegionCode, n: number, caseNumber = numberFrom(region)): Step => ({
  command: requestBody(region === HANGZHOU ? 'transferIn' : 'transferOut', n),
  context: contextIn('2021', region, caseNumber),
});

/** The same as it comes to the other region. */
function requestArrives(at: RegionCode, n: number, caseNumber?: CaseNumber): Step {
  const from = at === HANGZHOU ? CHENGDU : HANGZHOU;
  const made = requested(from, n, caseNumber);
  const [message] = move(undefined, made).decision.messages;
  if (message?.type !== 'cn.jiexu.transfer-request.v1') throw new Error('no request');
  const { personHash } = requestBody('transferIn', n);
  const command: CommandOf<'receive-request'> = {
    ...{ name: 'receive-request', request: message.data, procedure: '2021.1', personHash },
    ...received(),
  };
  return { command, context: contextIn('2021', at, made.context.caseNumber, { actor: messageFrom(from) }) };
}

/** Hangzhou's letter about the n-th person as it comes to Chengdu; in the second case another region has the person. */
function letterArrives(n: number, from: RegionCode = HANGZHOU): Step {
  const caseNumber = numberFrom(from);
  const steps: Step[] = [openBody(n), { name: 'accept' as const, facts: ENROLLED }, { name: 'send-letter' as const }].map((command) => ({
    command,
    context: contextIn('2016', HANGZHOU, caseNumber),
  }));
  const state = steps.reduce<Folded>((folded, step) => move(folded, step).state, undefined);
  if (!state?.letter) throw new Error('no letter');
  const letter = { ...state.letter, from: { ...state.letter.from, region: from } };
  const command: CommandOf<'receive-letter'> = {
    ...{ name: 'receive-letter', letter, procedure: '2016.2', personHash: openBody(n).personHash },
    ...received(),
  };
  return { command, context: contextIn('2016', CHENGDU, caseNumber, { actor: messageFrom(from) }) };
}

async function holder(region: RegionCode, n: number) {
  const Key = openCaseKey(region, openBody(n).personHash, '310', CHENGDU);
  const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item && { caseNumber: Item.caseNumber, yields: Item.yields };
}

async function written(step: Step, before?: TransferCase): Promise<TransferCase> {
  const change = changeOf(before, step);
  expect(await store.commit(change)).toEqual({ kind: 'written' });
  return change.after;
}

describe('A10: one person, former scheme and former region has one place at either side', () => {
  test('transferIn takes it with the application, transferOut with the letter', async () => {
    const opened = await written({ command: openBody(1), context: contextIn('2016', HANGZHOU, numberFrom(HANGZHOU)) });
    const letter = await written(letterArrives(1));
    expect(await holder(HANGZHOU, 1)).toEqual({ caseNumber: opened.caseNumber, yields: undefined });
    expect(await holder(CHENGDU, 1)).toEqual({ caseNumber: letter.caseNumber, yields: undefined });
  });

  test('a letter of a second region is not written, names the first, and leaves a refused copy without a place', async () => {
    const first = await written(letterArrives(2));
    const second = letterArrives(2, WUHAN);
    expect(await store.commit(changeOf(undefined, second))).toEqual({ kind: 'already-open', caseNumber: first.caseNumber });
    expect(await store.readCase(CHENGDU, second.context.caseNumber)).toBeUndefined();
    const refused = await written({ ...second, context: { ...second.context, openElsewhere: first.caseNumber } });
    expect(refused.status).toBe('refused');
    expect(await holder(CHENGDU, 2)).toEqual({ caseNumber: first.caseNumber, yields: undefined });
  });

  test('transferOut gives it back when it refuses, and another letter has it', async () => {
    const first = await written(letterArrives(3));
    const refuse: CommandOf<'refuse'> = { name: 'refuse', entry: { reasons: [{ code: 'no-relation' }] } };
    await written({ command: refuse, context: contextIn('2016', CHENGDU, first.caseNumber) }, first);
    expect(await holder(CHENGDU, 3)).toBeUndefined();
    const second = await written(letterArrives(3));
    expect(await holder(CHENGDU, 3)).toEqual({ caseNumber: second.caseNumber, yields: undefined });
  });
});

describe('A10: opened at both windows at once', () => {
  test('the place of a case that transferOut began yields to one that transferIn began, once', async () => {
    const own = await written(requested(CHENGDU, 10));
    expect(await holder(CHENGDU, 10)).toEqual({ caseNumber: own.caseNumber, yields: true });
    const taker = await written(requestArrives(CHENGDU, 10));
    expect(await holder(CHENGDU, 10)).toEqual({ caseNumber: taker.caseNumber, yields: undefined });
    expect(await store.commit(changeOf(undefined, requestArrives(CHENGDU, 10)))).toEqual({
      kind: 'already-open',
      caseNumber: taker.caseNumber,
    });
  });

  test('the place of a case that transferIn began yields to nobody', async () => {
    const own = await written(requested(HANGZHOU, 11));
    expect(await store.commit(changeOf(undefined, requestArrives(HANGZHOU, 11)))).toEqual({
      kind: 'already-open',
      caseNumber: own.caseNumber,
    });
    expect(await store.commit(changeOf(undefined, requested(HANGZHOU, 11)))).toEqual({ kind: 'already-open', caseNumber: own.caseNumber });
    expect(await holder(HANGZHOU, 11)).toEqual({ caseNumber: own.caseNumber, yields: undefined });
  });

  test('a clerk of transferOut cannot take a place that yields', async () => {
    const own = await written(requested(CHENGDU, 12));
    expect(await store.commit(changeOf(undefined, requested(CHENGDU, 12)))).toEqual({ kind: 'already-open', caseNumber: own.caseNumber });
  });
});

describe('A10: a case ends whose place is another’s by now', () => {
  const refusal = (n: number, caseNumber: CaseNumber): Step => {
    const reasons = [{ code: 'already-open' as const, article: '演示', note: `第 ${n} 人` }];
    const command: CommandOf<'receive-verdict'> = {
      ...{ name: 'receive-verdict', verdict: { eligible: false, decidedAt: NOW, reasons } },
      ...received(),
    };
    return { command, context: contextIn('2021', CHENGDU, caseNumber, { actor: messageFrom(HANGZHOU) }) };
  };

  test('all else is written and the other keeps the place', async () => {
    const own = await written(requested(CHENGDU, 20));
    const taker = await written(requestArrives(CHENGDU, 20));
    const ended = await written(refusal(20, own.caseNumber), own);
    expect((await store.readCase(CHENGDU, own.caseNumber))?.status).toBe(ended.status);
    expect([ended.status, (await store.timeline(CHENGDU, own.caseNumber)).length]).toEqual(['ineligible', 2]);
    expect(await holder(CHENGDU, 20)).toEqual({ caseNumber: taker.caseNumber, yields: undefined });
  });

  test('all else is written where the place is nobody’s', async () => {
    const own = await written(requested(CHENGDU, 21));
    const Key = openCaseKey(CHENGDU, openBody(21).personHash, '310', CHENGDU);
    await client.send(new DeleteCommand({ TableName: table, Key }));
    await written(refusal(21, own.caseNumber), own);
    expect((await store.readCase(CHENGDU, own.caseNumber))?.status).toBe('ineligible');
  });

  test('a change of the case meanwhile is still a conflict', async () => {
    const own = await written(requested(CHENGDU, 22));
    await written(requestArrives(CHENGDU, 22));
    const change = changeOf(own, refusal(22, own.caseNumber));
    expect(await store.commit({ ...change, before: { ...own, version: 7 } })).toEqual({ kind: 'conflict' });
    expect((await store.readCase(CHENGDU, own.caseNumber))?.version).toBe(1);
  });
});

describe('A10: twenty open at once', () => {
  test('at one window: one wins, and all others hear of the same case', async () => {
    const steps = Array.from({ length: 20 }, () => requested(HANGZHOU, 30));
    const results = await Promise.all(steps.map((step) => store.commit(changeOf(undefined, step))));
    const winner = results.findIndex(({ kind }) => kind === 'written');
    const { caseNumber } = steps[winner]!.context;
    expect(results.filter((_, i) => i !== winner)).toEqual(Array(19).fill({ kind: 'already-open', caseNumber }));
    expect(await holder(HANGZHOU, 30)).toEqual({ caseNumber, yields: undefined });
  });

  test('at both: one that transferIn began has the place of transferOut, whoever came first', async () => {
    const steps = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? requested(CHENGDU, 31) : requestArrives(CHENGDU, 31)));
    const results = await Promise.all(steps.map((step) => store.commit(changeOf(undefined, step))));
    const winners = steps.filter((_, i) => results[i]?.kind === 'written').map(({ context }) => context);
    const taker = winners.filter(({ actor }) => actor.kind === 'message');
    expect([taker.length, winners.length - taker.length <= 1]).toEqual([1, true]);
    expect(await holder(CHENGDU, 31)).toEqual({ caseNumber: taker[0]!.caseNumber, yields: undefined });
  });
});
