import type { TransferCase } from '../../schemas/cases.ts';
import type { Person } from '../../schemas/person.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { canonicalJson } from '../platform/canonical.ts';
import { finding } from '../platform/errors.ts';
import type { CommandOf, Decision } from './commands.ts';
import { assertConsistent, contradiction as differs, only } from './decisions.ts';
import { payeeOf } from './facts.ts';

/**
 * What transferIn takes from the counterpart: documents that answer the letter or request of this case, each kind once. All else goes to quarantine,
 * since a document that replaced another could change person or payee behind the clerk's back.
 */

type Finding = FieldError | false;
const sameAs = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

export function receiveAdvice(state: TransferCase, { name: _, ...received }: CommandOf<'receive-remittance-advice'>): Decision {
  const { advice } = received;
  assertConsistent([
    ...ofLetter(state, advice.letterNumber),
    ...ofPerson(state, advice.person),
    !sameAs(advice.payee, payeeOf(state)) &&
      differs('data.payee', '划转通知的收款账户不是本地区告知的 (the payee is not the one that was named)'),
    state.advice !== undefined && finding('data', 'received_already', '本业务已收到划转通知 (the case has an advice already)'),
    state.notRemitted !== undefined && differs('data', '对方已告知不划转 (the counterpart said that nothing is remitted)'),
  ]);
  return only({ type: 'remittance-advice-received', ...received });
}

export function receiveNotRemitted(state: TransferCase, { name: _, ...received }: CommandOf<'receive-not-remitted'>): Decision {
  assertConsistent([
    ...ofLetter(state, received.notice.letterNumber),
    state.notRemitted !== undefined && finding('data', 'received_already', '本业务已收到不划转通知 (the case has such a notice already)'),
    state.advice !== undefined && differs('data', '对方已通知划转 (a remittance was advised)'),
  ]);
  return only({ type: 'not-remitted-received', ...received });
}

export function receiveTable(state: TransferCase, { name: _, ...received }: CommandOf<'receive-table'>): Decision {
  const { table } = received;
  assertConsistent([
    ...ofLetter(state, table.letterNumber),
    ...ofPerson(state, table.person),
    table.toRegion !== state.region && differs('data.toRegion', '信息表的转入地不是本地区 (the table is for another region)'),
    state.table !== undefined && finding('data', 'received_already', '本业务已收到信息表 (the case has a table already)'),
  ]);
  return only({ type: 'table-received', ...received });
}

const ofLetter = ({ letter }: TransferCase, number: string | undefined): Finding[] => [
  letter?.number !== number && differs('data.letterNumber', '联系函编号不是本业务的 (letter number is of another case)'),
];

const ofPerson = ({ person }: TransferCase, { idNumber, name }: Person): Finding[] => [
  person.idNumber !== idNumber && differs('data.person.idNumber', '身份证号与本业务不一致 (the ID number is not the case’s)'),
  person.name !== name && differs('data.person.name', '姓名与本业务不一致 (the name is not the case’s)'),
];
