import { expect } from 'vitest';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { CommandName } from '../../schemas/procedures.ts';
import { CHENGDU, HANGZHOU } from './documents.ts';
import type { TestNetwork } from './network.ts';

/** Every step of a whole case on either side, each exactly once: nothing lost, nothing doubled. */
const STEPS_IN: readonly CommandName[] = [
  ...(['open', 'accept', 'send-letter', 'record-delivery', 'receive-remittance-advice', 'receive-table'] as const),
  ...(['confirm-money', 'credit', 'complete', 'deliver-notice', 'record-delivery'] as const),
];
const STEPS_OUT: readonly CommandName[] = [
  ...(['receive-letter', 'propose-termination', 'approve-termination', 'propose-remittance', 'approve-remittance'] as const),
  ...(['propose-table', 'approve-table', 'record-delivery', 'record-delivery', 'receive-completion'] as const),
];

/** Both copies of a case, once it is over; checks all that must hold of them whatever happened on the way. */
export async function expectHandedOver(
  network: TestNetwork,
  caseNumber: string,
  former: RegionCode = CHENGDU,
): Promise<{ there: TransferInCase; here: TransferOutCase }> {
  const there = await expectCopy(network, HANGZHOU, caseNumber, STEPS_IN);
  const here = await expectCopy(network, former, caseNumber, STEPS_OUT);
  if (there.side !== 'transferIn' || here.side !== 'transferOut') throw new Error('sides are mixed up');
  expect([there.status, here.status, here.relation]).toEqual(['completed', 'closed', 'terminated']);
  expect([there.sequences, here.sequences]).toEqual([
    { sent: 2, handled: 2 },
    { sent: 2, handled: 2 },
  ]);
  expect(there.delivered['cn.jiexu.liaison-letter.v1']).toBe(here.times['letter-received']);
  expect(there.delivered['cn.jiexu.completion-notice.v2']).toBe(here.times['completion-received']);
  expect(here.delivered['cn.jiexu.remittance-advice.v2']).toBe(there.times['remittance-advice-received']);
  expect(here.delivered['cn.jiexu.information-table.v2']).toBe(there.times['table-received']);
  return { there, here };
}

async function expectCopy(network: TestNetwork, region: RegionCode, caseNumber: string, steps: readonly CommandName[]) {
  const rows = await network.rows(region, caseNumber);
  const state = (await network.case(region, caseNumber))!;
  const entries = await network.timeline(region, caseNumber);
  expect(entries.map(({ command }) => command).sort()).toEqual(steps.toSorted());
  expect(readChain(entries, state.hash)).toEqual({ entries, brokenAt: undefined });
  expect(stateAt(entries, network.clock.now())).toEqual(state);
  expect(rows.filter(({ SK }) => String(SK).startsWith('P#'))).toEqual([]);
  expect(rows.filter(({ pendingShard }) => pendingShard !== undefined)).toEqual([]);
  expect(rows.filter(({ alertShard }) => alertShard !== undefined)).toEqual([]);
  expect(Object.entries(state.clocks).filter(([, clock]) => clock.stoppedAt === undefined)).toEqual([]);
  return state;
}
