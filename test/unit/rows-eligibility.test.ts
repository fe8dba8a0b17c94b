import { describe, expect, test } from 'vitest';
import type { CommandOf } from '../../functions/cases/commands.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import { Scheme, Side } from '../../schemas/codes.ts';
import { PROCEDURE_REASONS } from '../../schemas/procedures.ts';
import { applicationBody } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { ENROLLED, eventsOf, openBody, Road, refusedWith, requestBody, roadTo, SUSPENDED, voucherBody } from '../support/roads.ts';

const fresh = (family: '2016' | '2021', start?: string) => new PureExchange({ family, ...(start && { start }) });
const opened = (said: Record<string, unknown> = {}) => Road.begin('2016', 'transferIn', openBody(1, said));
const refusalOfRequest = (side: Side, said: Record<string, unknown>, more: Record<string, unknown> = {}, by = {}) =>
  refusedWith(() =>
    fresh('2021').begin(side === 'transferIn' ? ('330100' as never) : ('510100' as never), requestBody(side, 1, said, more), by),
  );
const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');

describe('form and voucher (A6)', () => {
  test.each(['voucher', 'address', 'hukouType'])('2016: an application without its %s is no application (A6)', (field) => {
    const { [field]: _, ...rest } = applicationBody(1);
    const paths = COMMAND_BODIES.open.safeParse({ application: rest }).error?.issues.map(({ path }) => path.join('.'));
    expect(paths).toEqual([`application.${field}`]);
  });

  test('2016: what was not handed in is demanded before the acceptance, form and voucher among it (A6)', () => {
    const road = opened({ materials: [] });
    expect(road.there.materials?.missing).toEqual(['id-card', 'application-form', 'coverage-voucher']);
    expect(refusedWith(road.accept)).toEqual(['case.materials', 'materials missing', 'materials missing', 'materials missing']);
  });

  test.each(['open', 'send-voucher'] as const)('2021: %s is refused, and the other procedure is named with its reason (A6)', (name) => {
    const command = name === 'open' ? openBody() : voucherBody();
    const begin = () => fresh('2021').begin(name === 'open' ? ('330100' as never) : ('510100' as never), command);
    expect(refusedWith(begin)).toEqual(['case.other-procedure', `${name === 'open' ? 'application' : 'voucher'} other_procedure`]);
    expect(begin).toThrow(
      expect.objectContaining({
        errors: [
          {
            field: expect.any(String),
            code: 'other_procedure',
            reason: expect.stringMatching(new RegExp(`${PROCEDURE_REASONS['both-online']}.*2021\\.1`)),
          },
        ],
      }),
    );
  });

  test.each(['voucher', 'voucherNumber', 'address', 'hukouType', 'letterNumber'])('2021: a request with %s is refused (A6)', (field) => {
    const { personHash: _, name: __, ...body } = requestBody('transferIn');
    const parsed = COMMAND_BODIES.request.safeParse({ ...body, request: { ...body.request, [field]: 'x' } });
    expect(parsed.error?.issues.map(({ path, code }) => [path.join('.'), code])).toEqual([['request', 'unrecognized_keys']]);
  });

  test.each(Side.options)('2021: at the window of %s the ID card is enough, and no paper is ever demanded (A6)', (side) => {
    const road = new Road(
      ...((exchange) =>
        [
          exchange,
          exchange.begin(
            side === 'transferIn' ? ('330100' as never) : ('510100' as never),
            requestBody(side, 1, {}, { materials: ['id-card'] }),
          ),
        ] as const)(fresh('2021')),
    )
      .settle()
      .verdict(other(side))
      .settle()
      .remit()
      .table()
      .settle()
      .money()
      .credit()
      .complete()
      .settle();
    expect([road.there.status, road.here.status]).toEqual(['completed', 'closed']);
    for (const state of [road.there, road.here]) {
      expect([state.voucher, state.letter, 'application' in state && state.application]).toEqual([undefined, undefined, false]);
    }
    expect(road.exchange.refused).toEqual([]);
  });

  test('2021: materials cannot be asked for afterwards, and no letter can be sent (A6)', () => {
    const road = roadTo('2021.1', 'transferIn', 'request-received');
    expect(refusedWith(() => road.in({ name: 'return-materials', missing: ['application-form'] }))?.[0]).toBe('case.wrong-state');
    expect(refusedWith(road.letter)?.[0]).toBe('case.wrong-state');
  });
});

describe('who applies (A7)', () => {
  const employer = { capacity: 'employer', name: '演示公司', phone: '0571-12345678', authority: '单位证明第7号' } as const;

  test('2016: capacity, authority and contact are recorded, whatever the scheme (A7)', () => {
    const body = applicationBody(1, { applicant: employer, scheme: '390' });
    const road = opened({ application: body });
    expect(road.there.application?.applicant).toEqual(employer);
    expect(eventsOf(road, 'transferIn', 'opened')[0]?.application.applicant).toEqual(employer);
  });

  test.each(Side.options)('2021: at %s they are recorded at both sides (A7)', (side) => {
    const road = Road.begin('2021', side, requestBody(side, 1, { applicant: employer })).settle();
    expect([road.there.request?.applicant, road.here.request?.applicant]).toEqual([employer, employer]);
  });

  test.each(['employer', 'agent'] as const)('an %s without authority is refused in both procedures (A7)', (capacity) => {
    const applicant = { capacity, name: '演示', phone: '13800000001' };
    expect(refusedWith(() => opened({ application: applicationBody(1, { applicant }) }))).toEqual([
      'case.inconsistent',
      'application.applicant.authority missing',
    ]);
    expect(refusalOfRequest('transferIn', { applicant })).toEqual(['case.inconsistent', 'request.applicant.authority missing']);
  });

  test.each([
    ['310', undefined],
    ['390', ['case.inconsistent', 'request.applicant.capacity employees_only']],
    ['391', ['case.inconsistent', 'request.applicant.capacity employees_only']],
  ])('2021: an employer applies for a member of scheme %s (A7)', (newScheme, expected) => {
    expect(refusalOfRequest('transferIn', { applicant: employer, newScheme })).toEqual(expected);
  });

  test('who acts for the person hands in the authority as well, and who does not need not (A7)', () => {
    const road = opened({
      application: applicationBody(1, { applicant: employer }),
      materials: ['id-card', 'application-form', 'coverage-voucher'],
    });
    expect(road.there.materials?.missing).toEqual(['authorization']);
    expect(refusalOfRequest('transferIn', { applicant: employer }, { materials: ['id-card'] })).toEqual([
      'case.materials',
      'materials missing',
    ]);
    expect(refusalOfRequest('transferIn', {}, { materials: ['id-card'] })).toBeUndefined();
  });
});

describe('incomplete material is answered once with one full list (A8)', () => {
  const back = (road: Road, ...missing: CommandOf<'return-materials'>['missing']) => road.in({ name: 'return-materials', missing });
  const handIn = (road: Road, ...materials: CommandOf<'hand-in-materials'>['materials']) =>
    road.in({ name: 'hand-in-materials', materials });

  test('the first return lists all that is missing, whatever the clerk listed (A8)', () => {
    const road = back(opened({ materials: ['id-card'] }), 'coverage-voucher');
    expect(eventsOf(road, 'transferIn', 'materials-returned')[0]?.missing).toEqual(['application-form', 'coverage-voucher']);
  });

  test('it may name what was handed in and is no good (A8)', () => {
    const road = back(opened({ materials: ['id-card', 'application-form'] }), 'id-card');
    expect(road.there.materials?.missing).toEqual(['id-card', 'coverage-voucher']);
  });

  test('a later return names neither what was missing at the first nor what was there then (A8)', () => {
    const road = handIn(back(opened({ materials: ['id-card'] }), 'application-form'), 'application-form');
    expect(refusedWith(() => back(road, 'coverage-voucher'))).toEqual(['case.materials', 'missing asked_too_late']);
    expect(refusedWith(() => back(road, 'id-card'))).toEqual(['case.materials', 'missing asked_too_late']);
    expect(refusedWith(() => back(road, 'id-card', 'application-form', 'coverage-voucher'))).toHaveLength(3);
  });

  test('only what was handed in since can be returned again (A8)', () => {
    const road = handIn(back(opened({ materials: ['id-card'] }), 'application-form'), 'application-form');
    expect(back(road, 'application-form').there.materials?.missing).toEqual(
      expect.arrayContaining(['application-form', 'coverage-voucher']),
    );
  });

  test('it is accepted when all is there, and not before (A8)', () => {
    const road = back(opened({ materials: ['id-card'] }), 'application-form');
    expect(refusedWith(road.accept)).toEqual(['case.materials', 'materials missing', 'materials missing']);
    expect(refusedWith(handIn(road, 'application-form').accept)).toEqual(['case.materials', 'materials missing']);
    expect(handIn(road, 'coverage-voucher').accept().there.status).toBe('accepted');
  });

  test('what the procedure does not ask of this applicant cannot be demanded, nor handed in twice (A8)', () => {
    expect(refusedWith(() => back(opened(), 'authorization'))).toEqual(['case.materials', 'missing not_required']);
    expect(refusedWith(() => handIn(opened({ materials: [] }), 'authorization'))).toEqual(['case.materials', 'materials not_missing']);
    expect(refusedWith(() => handIn(opened(), 'id-card'))).toEqual(['case.wrong-state', 'materials nothing']);
  });
});

describe('a same-year move of residents (A13)', () => {
  const RESIDENT = { formerScheme: '390', newScheme: '390' };
  const override = { reason: '上级批准' };
  const refused = ['case.not-eligible', 'newScheme resident-same-year'];

  test.each(Scheme.options.flatMap((formerScheme) => Scheme.options.map((newScheme) => ({ formerScheme, newScheme }))))(
    '2021: $formerScheme → $newScheme within the year (A13)',
    (pair) => {
      const schemes = Object.values(pair);
      const isRural = schemes.includes('380');
      const isEmployee = schemes.includes('310');
      const expected = isRural ? ['case.not-eligible', 'newScheme scheme-pair'] : isEmployee ? undefined : refused;
      expect(refusalOfRequest('transferIn', pair)).toEqual(expected);
    },
  );

  test('is refused with the first allowed date (A13)', () => {
    expect(() => fresh('2021').begin('330100' as never, requestBody('transferIn', 1, RESIDENT))).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ reason: expect.stringContaining('2027-01-01') })] }),
    );
  });

  test('is refused until midnight of New Year in China, and allowed from then on (A13)', () => {
    const exchange = fresh('2021', '2025-12-31T15:59:59.000Z');
    const body = requestBody('transferIn', 1, { ...RESIDENT, insuredUntil: '2025-11', appliedOn: '2025-12-31' });
    expect(refusedWith(() => exchange.begin('330100' as never, body))).toEqual(refused);
    exchange.advance(1_000);
    expect(refusedWith(() => exchange.begin('330100' as never, body))).toBeUndefined();
  });

  test.each(['clerk', 'system'] as const)('a %s cannot override it, at either side (A13)', (role) => {
    expect(refusalOfRequest('transferIn', RESIDENT, { override }, { role })).toEqual(['caller.role-not-allowed', 'role not_allowed']);
    const road = Road.begin('2021', 'transferIn', requestBody('transferIn', 1, { ...RESIDENT, insuredUntil: '2025-12' })).settle();
    const give = () => road.out({ name: 'give-verdict', facts: SUSPENDED, override }, { role });
    expect(refusedWith(give)).toEqual(['caller.role-not-allowed', 'role not_allowed']);
  });

  test.each(Side.options)(
    'a supervisor of %s overrides with a reason that both sides keep, and the other side honours it (A13)',
    (side) => {
      const exchange = fresh('2021');
      const region = side === 'transferIn' ? '330100' : '510100';
      const road = new Road(
        exchange,
        exchange.begin(region as never, requestBody(side, 1, RESIDENT, { override }), { role: 'supervisor' }),
      );
      road.settle().verdict(other(side)).settle();
      expect([road.there.status, road.here.status]).toEqual(['accepted', 'accepted']);
      for (const { verdicts } of [road.there, road.here]) expect(verdicts?.[side]).toMatchObject({ eligible: true, override });
    },
  );

  test('transferOut’s own records say until when the person was insured, whatever the applicant stated (A9, A13)', () => {
    const road = Road.begin('2021', 'transferIn', requestBody('transferIn', 1, { ...RESIDENT, insuredUntil: '2025-12' })).settle();
    road.verdict('transferOut', { insuredUntil: '2026-01' }).settle();
    expect(road.there.ineligible).toEqual([expect.objectContaining({ code: 'resident-same-year', firstAllowedOn: '2027-01-01' })]);
    expect(
      refusalOfRequest('transferOut', { ...RESIDENT, insuredUntil: '2025-12' }, { facts: { ...SUSPENDED, insuredUntil: '2026-01' } }),
    ).toEqual(refused);
  });

  test('no override goes beyond the records or a pair without a rule (A13, A16)', () => {
    const supervisor = { role: 'supervisor' } as const;
    expect(refusalOfRequest('transferIn', RESIDENT, { override, facts: { ...ENROLLED, retired: true } }, supervisor)).toEqual([
      'case.not-eligible',
      'facts.retired retired',
    ]);
    expect(refusalOfRequest('transferIn', { formerScheme: '380', newScheme: '390' }, { override }, supervisor)).toEqual([
      'case.not-eligible',
      'newScheme scheme-pair',
    ]);
  });
});
