import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../functions/platform/errors.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import { normaliseIdNumber, PersonInput } from '../../schemas/person.ts';
import { CardNumber, IdNumber, PersonNumber } from '../../schemas/primitives.ts';
import { IdentityMerge } from '../../schemas/record.ts';
import { applicationBody, person } from '../support/documents.ts';

const typed = (idNumber: unknown) => PersonInput.safeParse({ name: '测试甲', idNumber });
const stored = (idNumber: unknown) => typed(idNumber).data?.idNumber;
const refused = (idNumber: unknown) => {
  const { error } = typed(idNumber);
  return error && findingsOf(error).map(({ field, reason }) => `${field} ${reason}`);
};

describe('what a person is known by (B22; S191 10, annex *)', () => {
  test.each([
    ['an ID number of 18', '11010519491231002X', '11010519491231002X'],
    ['an ID number of 15, upgraded', '110105491231002', '11010519491231002X'],
    ['a number of the rural scheme', 'rural:510100:00123456', 'rural:510100:00123456'],
    ['a medical-insurance number', 'medical:330100:A0001', 'medical:330100:A0001'],
    ['a number typed in capitals and with spaces around', ' RURAL:510100:0012a456 ', 'rural:510100:0012A456'],
    ['a number typed full-width', 'ｒｕｒａｌ：５１０１００：００１２３４５６', 'rural:510100:00123456'],
  ])('is %s (B22)', (_case, said, expected) => expect(stored(said)).toBe(expected));

  test.each([
    ['a kind that is none', 'card:510100:00123456', /^idNumber 身份证号须为18位/],
    ['a card number without a kind', '510100:00123456', /^idNumber 身份证号须为18位/],
    ['a kind alone', 'rural:', /^idNumber 身份证号须为18位/],
    ['a number without its region', 'rural:00123456', /^idNumber 身份证号须为18位/],
    ['a region of five digits', 'medical:51010:00123456', /^idNumber 身份证号须为18位/],
    ['a region that does not exist', 'medical:990100:00123456', /^idNumber 行政区划代码的省份不存在/],
    ['a number of three characters', 'rural:510100:123', /^idNumber 身份证号须为18位/],
    ['a number of 31 characters', `rural:510100:${'1'.repeat(31)}`, /^idNumber 身份证号须为18位/],
    ['a number with a space in it', 'rural:510100:0012 3456', /^idNumber 身份证号须为18位/],
    ['a number with another colon', 'rural:510100:0012:3456', /^idNumber 身份证号须为18位/],
    ['an ID number with a wrong check character', '110105194912310021', /^idNumber 身份证号校验位不符/],
    ['an ID number of a day that does not exist', `11010519490229002${idNumberCheck('11010519490229002')}`, /^idNumber 身份证号的出生日期/],
    ['an ID number of no province', `00010519491231002${idNumberCheck('00010519491231002')}`, /^idNumber 身份证号的地区不存在/],
    ['nothing', '', /^idNumber 身份证号须为18位/],
  ])('is refused by field as %s, without the value (B22)', (_case, said, reason) => {
    expect(refused(said)).toEqual([expect.stringMatching(reason)]);
    if (said !== '') expect(refused(said)?.join()).not.toContain(said);
  });

  test('is never both: an ID number is no card number, and the other way round (B22)', () => {
    const { idNumber } = person(1);
    expect([IdNumber, CardNumber, PersonNumber].map((schema) => schema.safeParse(idNumber).success)).toEqual([true, false, true]);
    const card = 'medical:330100:A0001';
    expect([IdNumber, CardNumber, PersonNumber].map((schema) => schema.safeParse(card).success)).toEqual([false, true, true]);
  });

  test('is normalised once for all (B22)', () => {
    const number = fc.stringMatching(/^(MEDICAL|medical|rural|Rural):\d{6}:[0-9A-Za-z]{4,30}$/);
    fc.assert(fc.property(number, (text) => normaliseIdNumber(normaliseIdNumber(text)) === normaliseIdNumber(text)));
    fc.assert(fc.property(number, (text) => /^(medical|rural):\d{6}:[0-9A-Z]{4,30}$/.test(normaliseIdNumber(text))));
  });

  test('stands where an application names a person, and in the voucher’s householder (B22)', () => {
    const voucher = applicationBody(1).voucher as Record<string, unknown>;
    const rural = { name: '测试甲', idNumber: 'rural:510100:00123456' };
    const application = applicationBody(1, { person: rural, voucher: { ...voucher, person: rural, householder: rural } });
    expect(COMMAND_BODIES.open.parse({ application }).application.person.idNumber).toBe(rural.idNumber);
    const wrong = applicationBody(1, {
      person: { ...rural, idNumber: 'rural:510100' },
      voucher: { ...voucher, householder: { ...rural, idNumber: '1' } },
    });
    const { error } = COMMAND_BODIES.open.safeParse({ application: wrong });
    expect(error && findingsOf(error).map(({ field }) => field)).toEqual([
      'application.person.idNumber',
      'application.voucher.householder.idNumber',
    ]);
  });
});

describe('a merge as it is typed (B22)', () => {
  const body = (card: object = {}, of: object = {}) => ({
    card: { number: 'rural:510100:00123456', name: '测试甲', ...card },
    person: { idNumber: person(1).idNumber, name: '测试甲', ...of },
  });
  const fields = (said: unknown) => {
    const { error } = IdentityMerge.safeParse(said);
    return error && findingsOf(error).map(({ field }) => field);
  };

  test('names a card number and an ID number, each normalised (B22)', () => {
    const merge = IdentityMerge.parse(body({ number: 'RURAL:510100:0012a456', name: ' 买买提•艾力 ' }, { idNumber: '110105491231002' }));
    expect(merge.card).toEqual({ number: 'rural:510100:0012A456', name: '买买提·艾力' });
    expect(merge.person.idNumber).toBe('11010519491231002X');
  });

  test.each([
    ['an ID number as card', body({ number: person(1).idNumber }), ['card.number']],
    ['a card number as ID number', body({}, { idNumber: 'rural:510100:00123456' }), ['person.idNumber']],
    ['no names', { card: { number: 'rural:510100:00123456' }, person: { idNumber: person(1).idNumber } }, ['card.name', 'person.name']],
    ['a day that does not exist', body({ birthDate: '1960-02-30' }), ['card.birthDate']],
    ['a phone that is none', body({}, { phone: '12' }), ['person.phone']],
    ['more than is asked for', body({ address: '演示路' }), ['card']],
  ])('with %s is refused by field (B22)', (_case, said, expected) => expect(fields(said)).toEqual(expected));
});
