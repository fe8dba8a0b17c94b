import { describe, expect, test } from 'vitest';
import { Side } from '../../schemas/codes.ts';
import type { EligibilityFacts } from '../../schemas/eligibility.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { ENROLLED, eventsOf, lettered, openBody, passDays, Road, refusedWith, requestBody, roadTo, SUSPENDED } from '../support/roads.ts';

/** Each side's own records against the hand-over, with the code and the article that the regulations give. */
type Against = { facts: EligibilityFacts; finding: string; code: string; article: RegExp };
const AGAINST: Record<Side, Against[]> = {
  transferIn: [
    {
      facts: { ...ENROLLED, enrolled: false },
      finding: 'facts.enrolled not-enrolled',
      code: 'not-enrolled',
      article: /94号第五条.*2021年/,
    },
    { facts: { ...ENROLLED, retired: true }, finding: 'facts.retired retired', code: 'retired', article: /服务指南.*2021年.*第二条/ },
  ],
  transferOut: [
    {
      facts: { ...SUSPENDED, participation: 'active' },
      finding: 'facts.participation not-suspended',
      code: 'not-suspended',
      article: /94号第四条.*2021年/,
    },
    {
      facts: { ...SUSPENDED, participation: 'none' },
      finding: 'facts.participation no-relation',
      code: 'no-relation',
      article: /94号第六条/,
    },
    {
      facts: { ...SUSPENDED, participation: 'terminated' },
      finding: 'facts.participation already-terminated',
      code: 'already-terminated',
      article: /94号第六条/,
    },
    { facts: { ...SUSPENDED, retired: true }, finding: 'facts.retired retired', code: 'retired', article: /服务指南.*2021年.*第二条/ },
  ],
};
const CASES = Side.options.flatMap((side) => AGAINST[side].map((against) => ({ side, ...against })));
const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
/** 2021: the application lies at the other window, and this side's check is owed. */
const owed = (side: Side, start?: string): Road =>
  Road.begin('2021', other(side), requestBody(other(side)), new PureExchange({ family: '2021', ...(start && { start }) })).settle();

describe('eligibility is checked at both sides and refused with a reason (A9, A16)', () => {
  test.each(CASES)(
    '2021: $code at the window of $side: nothing is taken in, and the clerk hears why (A9, A16)',
    ({ side, facts, finding, article }) => {
      const road = () => Road.begin('2021', side, requestBody(side, 1, {}, { facts }));
      expect(refusedWith(road)).toEqual(['case.not-eligible', finding]);
      expect(road).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ reason: expect.stringMatching(article) })] }));
    },
  );

  test.each(CASES)(
    '2021: $code found by $side on the other’s request: the verdict reaches the opener (A9, A16)',
    ({ side, facts, code, article }) => {
      const road = owed(side).verdict(side, facts).settle();
      const reasons = [{ code, article: expect.stringMatching(article) }];
      const opener = road.state(other(side));
      expect([opener.status, opener.ineligible]).toEqual(['ineligible', reasons]);
      expect([road.state(side).status, road.state(side).ineligible]).toEqual(['refused', reasons]);
      expect(opener.verdicts?.[side]).toEqual(road.state(side).verdicts?.[side]);
      expect(road.exchange.refused).toEqual([]);
    },
  );

  test.each(AGAINST.transferIn)('2016: $code stops the acceptance (A9, A16)', ({ facts, finding, article }) => {
    const road = Road.begin('2016', 'transferIn', openBody());
    const accept = () => road.in({ name: 'accept', facts });
    expect(refusedWith(accept)).toEqual(['case.not-eligible', finding]);
    expect(accept).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ reason: expect.stringMatching(article) })] }));
    expect(road.there.status).toBe('opened');
  });

  test.each(AGAINST.transferOut)(
    '2016: $code stops the termination, and the refusal reaches transferIn (A9, A16, B4)',
    ({ facts, finding, code, article }) => {
      const road = lettered();
      const propose = () => road.out({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts });
      expect(refusedWith(propose)).toEqual(['case.not-eligible', finding]);
      road.out({ name: 'refuse', entry: { reasons: [{ code: code as never }] } }).settle();
      expect(road.there.ineligible).toEqual([{ code, article: expect.stringMatching(article) }]);
    },
  );

  test('all reasons are given at once (A9)', () => {
    const road = owed('transferOut').verdict('transferOut', { participation: 'active', retired: true }).settle();
    expect(road.there.ineligible?.map(({ code }) => code)).toEqual(['not-suspended', 'retired']);
  });

  test('the facts must be those of the side that checks (A9)', () => {
    const facts = (side: Side) => (side === 'transferIn' ? ENROLLED : SUSPENDED);
    for (const side of Side.options) {
      const road = owed(side);
      expect(refusedWith(() => road.by(side, { name: 'give-verdict', facts: facts(other(side)) }))).toEqual([
        'request.invalid',
        'facts.side invalid',
      ]);
    }
    const opened = Road.begin('2016', 'transferIn', openBody());
    expect(refusedWith(() => opened.in({ name: 'accept', facts: SUSPENDED }))).toEqual(['request.invalid', 'facts missing']);
    expect(refusedWith(() => opened.in({ name: 'accept' }))).toEqual(['request.invalid', 'facts missing']);
  });
});

describe('the applicant hears of a refusal on the same working day (A9)', () => {
  // 14 and 28 February 2026 are Saturdays that are worked; 15 to 23 February is the Spring Festival.
  const DAYS: [when: string, at: string, startedOn: string, dueOn: string][] = [
    ['on a Monday', '2026-03-02T02:00:00.000Z', '2026-03-02', '2026-03-02'],
    ['just before midnight', '2026-03-02T15:59:00.000Z', '2026-03-02', '2026-03-02'],
    ['on a Saturday', '2026-03-07T02:00:00.000Z', '2026-03-07', '2026-03-09'],
    ['on a Saturday that has begun in China only', '2026-03-06T16:30:00.000Z', '2026-03-07', '2026-03-09'],
    ['on a Saturday that is worked', '2026-02-28T02:00:00.000Z', '2026-02-28', '2026-02-28'],
    ['on the first day of the Spring Festival', '2026-02-15T02:00:00.000Z', '2026-02-15', '2026-02-24'],
  ];

  test.each(DAYS)('2021: a refusal that comes %s', (_, at, startedOn, dueOn) => {
    const road = owed('transferOut', at).verdict('transferOut', { participation: 'active' }).settle();
    expect(road.there.clocks['tell-applicant']).toEqual({ owner: '330100', startedOn, dueOn });
    expect(road.here.clocks['tell-applicant']).toBeUndefined();
  });

  test.each(DAYS)('2016: a refusal that comes %s', (_, at, startedOn, dueOn) => {
    const exchange = new PureExchange({ family: '2016', start: at });
    const road = Road.begin('2016', 'transferIn', openBody(), exchange).accept().letter().settle().refuse().settle();
    expect(road.there.clocks['tell-applicant']).toEqual({ owner: '330100', startedOn, dueOn });
  });

  test('2021: the office where the person applied owes it, be it transferOut (A9)', () => {
    const road = roadTo('2021.1', 'transferOut', 'ineligible');
    expect(road.here.clocks['tell-applicant']?.owner).toBe('510100');
    expect(road.there.clocks['tell-applicant']).toBeUndefined();
  });

  test.each(Side.options)('notify-applicant at %s ends it, with how the person was told (A9)', (side) => {
    const road = roadTo('2021.1', side, 'ineligible').notify(side);
    const state = road.state(side);
    expect([state.status, state.clocks['tell-applicant']?.stoppedAt]).toEqual(['refused', road.exchange.now]);
    expect(eventsOf(road, side, 'applicant-notified')).toEqual([{ type: 'applicant-notified', channel: 'phone' }]);
    expect(eventsOf(road, side, 'clock-stopped').at(-1)).toMatchObject({ clock: 'tell-applicant', late: false });
    expect(refusedWith(() => road.notify(side))?.[0]).toBe('case.wrong-state');
  });

  test('told on the next day it is late (A9)', () => {
    const road = passDays(roadTo('2016.2', 'transferIn', 'ineligible'), 1).notify('transferIn');
    expect(eventsOf(road, 'transferIn', 'clock-stopped').at(-1)).toMatchObject({ clock: 'tell-applicant', late: true });
  });
});
