import { describe, expect, test } from 'vitest';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import type { ProcedureId } from '../../schemas/procedures.ts';

describe('clocks (D1, D2)', () => {
  const S94 = '人社厅发〔2016〕94号';
  const FIRST = [
    ['send-letter', 'transferIn', 15, `${S94}第五条`],
    ['transfer-out', 'transferOut', 15, `${S94}第六条`],
    ['complete', 'transferIn', 15, `${S94}第七条`],
    ['counterpart-closure', 'transferOut', 5, '内部时限：办结通知送达'],
  ];

  const TELL_RESULT = ['tell-result', 'transferIn', 0, `${S94}第七条；内部时限：办结当日告知`];

  test.each<[ProcedureId, unknown[][]]>([
    ['2016.1', FIRST],
    ['2016.2', [...FIRST, ['tell-applicant', 'opener', 0, '内部时限：当日告知申请人'], TELL_RESULT]],
    [
      '2021.1',
      [
        ['verdict', 'answerer', 2, '内部时限：及时校验并告知'],
        ['overall', 'transferIn', 15, '2021年暂行办法：不超过15个工作日'],
        ['transfer-out', 'transferOut', 10, '2021年暂行办法：10个工作日内完成转出'],
        ['transfer-in', 'transferIn', 5, '2021年暂行办法：5个工作日内完成转入'],
        ['counterpart-closure', 'transferOut', 5, '内部时限：办结通知送达'],
        ['tell-applicant', 'opener', 0, '内部时限：当日告知申请人'],
        TELL_RESULT,
      ],
    ],
  ])('%s has the days of its articles, and of each house clock the reason', (procedure, clocks) => {
    expect(PROCEDURES[procedure].clocks.map(({ name, owedBy, days, article }) => [name, owedBy, days, article])).toEqual(clocks);
  });

  test('those of 2021 for transferring out and in make up the whole', () => {
    const days = (name: string) => PROCEDURES['2021.1'].clocks.find((clock) => clock.name === name)!.days;
    expect(days('transfer-out') + days('transfer-in')).toBe(days('overall'));
  });
});

describe('materials (A6)', () => {
  test('2016: identity, the form and the voucher', () => {
    expect(PROCEDURES['2016.2'].materials).toEqual(['id-card', 'application-form', 'coverage-voucher']);
  });

  test('2016.1 asked for none by name', () => expect(PROCEDURES['2016.1'].materials).toEqual([]));

  test('2021: no form, no voucher, and no step that makes letter or voucher', () => {
    expect(PROCEDURES['2021.1'].materials).toEqual(['id-card']);
    const commands = PROCEDURES['2021.1'].transitions.map(({ command }) => command);
    const gone = [
      'open',
      'apply',
      'return-materials',
      'hand-in-materials',
      'send-voucher',
      'receive-voucher',
      'send-letter',
      'receive-letter',
    ];
    expect(commands.filter((command) => gone.includes(command))).toEqual([]);
  });
});
