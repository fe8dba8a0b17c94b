import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchedAttributes } from '../../functions/cases/identity/merge.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { IdentityMerge } from '../../schemas/record.ts';

/** Born on the last day of 1949. */
const ID = '11010519491231002X';
type Said = { name?: string; birthDate?: string; insuranceNumber?: string; phone?: string };

function outcome(card: Said, person: Said = {}): { matched?: string[]; findings?: string[] } {
  const merge = IdentityMerge.parse({
    card: { number: 'rural:510100:00123456', name: '测试甲', ...card },
    person: { idNumber: ID, name: '测试甲', ...person },
  });
  try {
    return { matched: matchedAttributes(merge) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('identity.not-matching');
    return { findings: error.errors.map(({ field, code }) => `${field} ${code}`) };
  }
}

const BORN = { birthDate: '1949-12-31' };

describe('a card number and an ID number are one person’s (B22)', () => {
  test.each<[string, Said, Said, string[]]>([
    ['name and the birth date in the ID number', BORN, {}, ['name', 'birthDate']],
    ['name and phone', { phone: '13800000000' }, { phone: '13800000000' }, ['name', 'phone']],
    ['name and insurance number', { insuranceNumber: '0012345' }, { insuranceNumber: '0012345' }, ['name', 'insuranceNumber']],
    [
      'all four',
      { ...BORN, phone: '13800000000', insuranceNumber: 'a1' },
      { ...BORN, phone: '13800000000', insuranceNumber: 'A1' },
      ['name', 'birthDate', 'insuranceNumber', 'phone'],
    ],
    ['what only one of the two says proves nothing', { ...BORN, phone: '13800000000' }, { insuranceNumber: 'A1' }, ['name', 'birthDate']],
    ['a landline with and without its hyphen', { phone: '0571-12345001' }, { phone: '057112345001' }, ['name', 'phone']],
    ['a name with another middle dot', { ...BORN, name: '买买提・艾力' }, { name: '买买提·艾力' }, ['name', 'birthDate']],
  ])('by %s (B22)', (_case, card, person, matched) => expect(outcome(card, person)).toEqual({ matched }));

  test.each<[string, Said, Said, string[]]>([
    ['only the name agrees', {}, {}, ['card too_few']],
    ['only the name agrees and the rest is said by one of them', { phone: '13800000000' }, { insuranceNumber: 'A1' }, ['card too_few']],
    ['the birth date differs from that of the ID number', { birthDate: '1949-12-30' }, {}, ['card.birthDate differs']],
    [
      'the name differs, although two others agree',
      { ...BORN, name: '测试乙', phone: '13800000000' },
      { phone: '13800000000' },
      ['card.name differs'],
    ],
    [
      'several differ, and each is named',
      { name: '测试乙', phone: '13800000001', insuranceNumber: 'A1', ...BORN },
      { phone: '13800000000', insuranceNumber: 'A2' },
      ['card.name differs', 'card.insuranceNumber differs', 'card.phone differs'],
    ],
    ['a phone differs in its extension only', { ...BORN, phone: '0571-1234567-8' }, { phone: '0571-12345678' }, ['card.phone differs']],
    ['the person’s birth date is not that of the ID number', BORN, { birthDate: '1950-12-31' }, ['person.birthDate contradiction']],
  ])('not where %s (B22)', (_case, card, person, findings) => expect(outcome(card, person)).toEqual({ findings }));

  test('exactly where two or more agree and none contradicts, whatever is said (B22)', () => {
    const some = <T extends string>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    const statement = fc.record(
      {
        name: fc.constantFrom('测试甲', '测试乙'),
        birthDate: some('1949-12-31', '1950-01-01'),
        insuranceNumber: some('A1', 'A2'),
        phone: some('13800000000', '13800000001'),
      },
      { requiredKeys: ['name', 'birthDate', 'insuranceNumber', 'phone'] },
    );
    const clean = (said: Record<string, string | undefined>): Said => Object.fromEntries(Object.entries(said).filter(([, value]) => value));
    fc.assert(
      fc.property(statement, statement, (card, person) => {
        const own = { ...person, birthDate: '1949-12-31' };
        const both = (['name', 'birthDate', 'insuranceNumber', 'phone'] as const).filter((key) => card[key] && own[key]);
        const agreeing = both.filter((key) => card[key] === own[key]);
        const isOne = agreeing.length >= 2 && agreeing.length === both.length && person.birthDate !== '1950-01-01';
        const { matched } = outcome(clean(card), clean(person));
        expect(matched).toEqual(isOne ? agreeing : undefined);
      }),
      { numRuns: 300 },
    );
  });
});
