import { expect } from 'vitest';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import { NetworkRoad, type Scenario } from '../support/network-road.ts';
import { expectSound } from '../support/network-sound.ts';
import { testRoads } from '../support/network-vitest.ts';

const WITHDRAWAL = { reason: '本人改变主意' };
const CLOSURE = { reason: '双方协商', money: '原路退回' };

/** The relation stays with transferOut, and the person may apply again. */
async function endsFreely(road: NetworkRoad, there: 'refused' | 'withdrawn' | 'closed-by-agreement', here = there): Promise<void> {
  const { here: copy } = await road.ends(there, here);
  expect(copy?.relation).toBe('suspended');
  await new NetworkRoad(road).open();
}

/** The roads of procedure 2016.2 that leave the straight one: refused, withdrawn, closed by agreement, forwarded, and the races between these. */
const ROADS: Record<string, Scenario> = {
  async 'B4, A9: refused by transferOut, and the applicant is told'(road) {
    await road.lettered();
    await road.out('refuse', { reasons: [{ code: 'no-relation' }] });
    await road.travel();
    const { status, ineligible, clocks } = await road.there();
    expect([status, ineligible?.map(({ code }) => code)]).toEqual(['ineligible', ['no-relation']]);
    expect(clocks['tell-applicant']?.stoppedAt).toBeUndefined();
    await road.in('notify-applicant', { channel: 'phone' });
    await endsFreely(road, 'refused');
  },
  async 'B5: withdrawn before the letter, and transferOut never hears of it'(road) {
    await road.open();
    await road.accept();
    await road.in('withdraw', WITHDRAWAL);
    await road.ends('withdrawn', undefined);
    await new NetworkRoad(road).open();
  },
  async 'B5: withdrawn in time'(road) {
    await road.lettered();
    await road.in('withdraw', WITHDRAWAL);
    await endsFreely(road, 'withdrawn');
  },
  async 'B5: withdrawn too late, and closed by agreement instead'(road) {
    await road.lettered();
    await road.terminate();
    await road.remit();
    await road.in('withdraw', WITHDRAWAL);
    await road.travel();
    expect([(await road.there()).status, (await road.there()).withdrawal]).toEqual(['letter-sent', undefined]);
    await road.refused('transferIn', ['propose-closure', { reason: '双方协商' }], 'case.inconsistent', 'money', 'missing');
    await road.in('propose-closure', CLOSURE);
    await road.travel();
    await road.out('answer-closure', { agreed: true });
    await endsFreely(road, 'closed-by-agreement');
  },
  async 'B5: a proposal to close is refused, and the hand-over is completed'(road) {
    await road.lettered();
    await road.terminate();
    await road.out('propose-closure', { reason: '双方协商' });
    await road.travel();
    await road.in('answer-closure', { agreed: false, reason: '本人仍要转移' });
    await road.travel();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B5: both propose to close at once, and that is agreement'(road) {
    await road.lettered();
    await road.terminate();
    await Promise.all([road.in('propose-closure', CLOSURE), road.out('propose-closure', CLOSURE)]);
    await endsFreely(road, 'closed-by-agreement');
  },
  async 'B4, B5: refused while a withdrawal is under way: the refusal stands, and the applicant is told'(road) {
    await road.lettered();
    await Promise.all([road.in('withdraw', WITHDRAWAL), road.out('refuse', { reasons: [{ code: 'no-relation' }] })]);
    await road.travel();
    expect((await road.there()).withdrawal).toBeUndefined();
    await road.in('notify-applicant', { channel: 'phone' });
    await endsFreely(road, 'refused');
  },
  async 'B5: withdrawn while transferOut proposes to close'(road) {
    await road.lettered();
    await Promise.all([road.in('withdraw', WITHDRAWAL), road.out('propose-closure', CLOSURE)]);
    await endsFreely(road, 'withdrawn');
  },
  async 'B4, B5: refused while transferIn proposes to close'(road) {
    await road.lettered();
    await Promise.all([road.in('propose-closure', CLOSURE), road.out('refuse', { reasons: [{ code: 'data-mismatch' }] })]);
    await road.travel();
    await road.in('notify-applicant', { channel: 'phone' });
    await endsFreely(road, 'refused');
  },
  async 'B6: forwarded to a third region and completed there'(road) {
    const { receivedAt } = await forwardedToWuhan(road);
    expect((await road.there()).letter?.forwardedFrom).toMatchObject([{ region: CHENGDU, receivedAt }]);
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B6, B5: forwarded while a withdrawal is under way, and withdrawn there'(road) {
    await road.lettered();
    await Promise.all([road.in('withdraw', WITHDRAWAL), road.out('forward', { region: WUHAN, reason: '关系在武汉' })]);
    await road.travel();
    expect((await expectSound(road.network, CHENGDU, road.caseNumber)).status).toBe('forwarded');
    road.former = WUHAN;
    await road.ends('withdrawn', 'withdrawn');
  },
};

/** Chengdu has no such person and names Wuhan; the letter is there under the same number. */
async function forwardedToWuhan(road: NetworkRoad): Promise<{ receivedAt: string | undefined }> {
  await road.lettered();
  const { letter, times } = await road.here();
  await road.out('forward', { region: WUHAN, reason: '关系在武汉' });
  await road.travel();
  expect((await expectSound(road.network, CHENGDU, road.caseNumber)).status).toBe('forwarded');
  road.former = WUHAN;
  expect((await road.here()).letter?.number).toBe(letter?.number);
  return { receivedAt: times['letter-received'] };
}

testRoads(ROADS, { regions: [HANGZHOU, CHENGDU, WUHAN] });
