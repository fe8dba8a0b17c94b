import { normaliseName } from '../../../schemas/person.ts';
import { CalendarDate, type IdNumber } from '../../../schemas/primitives.ts';
import type { FieldError } from '../../../schemas/problems.ts';
import { IdentityAttribute, type IdentityMerge } from '../../../schemas/record.ts';
import { finding, Refusal } from '../../platform/errors.ts';

const NEEDED = 2;
const NAMES: Record<IdentityAttribute, string> = { name: '姓名', birthDate: '出生日期', insuranceNumber: '医疗保险编号', phone: '电话' };

type Statements = { [A in IdentityAttribute]?: string | undefined };

/**
 * Whether a card number and an ID number are one person's (B22): at least two attributes agree and none contradicts. What only one of the two
 * says proves nothing either way. The birth date of the person is that of the ID number. Throws Refusal('identity.not-matching') naming each
 * attribute that differs.
 */
export function matchedAttributes({ card, person }: IdentityMerge): IdentityAttribute[] {
  const birthDate = birthDateIn(person.idNumber);
  const ofCard = comparable(card);
  const ofPerson = comparable({ ...person, birthDate });
  const both = IdentityAttribute.options.filter((name) => ofCard[name] !== undefined && ofPerson[name] !== undefined);
  const matched = both.filter((name) => ofCard[name] === ofPerson[name]);
  const wrong = both.filter((name) => !matched.includes(name)).map(differs);
  if (person.birthDate !== undefined && person.birthDate !== birthDate) {
    wrong.push(finding('person.birthDate', 'contradiction', '出生日期与身份证号不一致 (the birth date is not that of the ID number)'));
  }
  if (wrong.length > 0) throw new Refusal('identity.not-matching', wrong);
  if (matched.length < NEEDED) throw new Refusal('identity.not-matching', [tooFew(matched.length)]);
  return matched;
}

const birthDateIn = (idNumber: IdNumber): CalendarDate =>
  CalendarDate.parse(`${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`);

/** The same thing is written in several ways: 0571-12345001 and 057112345001, small letters and full-width ones. */
const comparable = ({ name, birthDate, insuranceNumber, phone }: Statements): Statements => ({
  name: name && normaliseName(name),
  birthDate,
  insuranceNumber: insuranceNumber?.normalize('NFKC').toUpperCase(),
  phone: phone?.replace(/^(0\d{2,3})-/, '$1'),
});

const differs = (name: IdentityAttribute): FieldError =>
  finding(`card.${name}`, 'differs', `两份身份信息的${NAMES[name]}不一致 (the two differ in this)`);

const tooFew = (matched: number): FieldError =>
  finding('card', 'too_few', `须有${NEEDED}项一致，现有${matched}项 (${NEEDED} attributes must agree, ${matched} do)`);
