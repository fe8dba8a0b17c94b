import type { TransferInCase } from '../../schemas/cases.ts';
import type { LiaisonLetter } from '../../schemas/documents.ts';
import type { Person } from '../../schemas/person.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { canonicalJson } from '../platform/canonical.ts';
import { finding } from '../platform/errors.ts';
import type { CommandOf, Decision } from './commands.ts';
import { assertConsistent, only } from './decisions.ts';

/**
 * What transferIn takes from the counterpart: documents that answer the letter of this case, each kind once. All else goes to quarantine,
 * since a document that replaced another could change person or payee behind the clerk's back.
 */

type Finding = FieldError | false;
const differs = (field: string, reason: string): FieldError => finding(field, 'contradiction', reason);
const sameAs = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

export function receiveAdvice(state: TransferInCase, { name: _, ...received }: CommandOf<'receive-remittance-advice'>): Decision {
  const { advice } = received;
  assertConsistent([
    ...ofLetter(state.letter, advice.letterNumber),
    ...ofPerson(state.letter, advice.person),
    !sameAs(advice.payee, state.letter?.payee) &&
      differs('data.payee', '划转通知的收款账户与联系函不一致 (the payee is not the one of the letter)'),
    state.advice !== undefined && finding('data', 'received_already', '本业务已收到划转通知 (the case has an advice already)'),
    state.notRemitted !== undefined && differs('data', '对方已告知不划转 (the counterpart said that nothing is remitted)'),
  ]);
  return only({ type: 'remittance-advice-received', ...received });
}

export function receiveNotRemitted(state: TransferInCase, { name: _, ...received }: CommandOf<'receive-not-remitted'>): Decision {
  assertConsistent([
    ...ofLetter(state.letter, received.notice.letterNumber),
    state.notRemitted !== undefined && finding('data', 'received_already', '本业务已收到不划转通知 (the case has such a notice already)'),
    state.advice !== undefined && differs('data', '对方已通知划转 (a remittance was advised)'),
  ]);
  return only({ type: 'not-remitted-received', ...received });
}

export function receiveTable(state: TransferInCase, { name: _, ...received }: CommandOf<'receive-table'>): Decision {
  const { table } = received;
  assertConsistent([
    ...ofLetter(state.letter, table.letterNumber),
    ...ofPerson(state.letter, table.person),
    table.toRegion !== state.region && differs('data.toRegion', '信息表的转入地不是本地区 (the table is for another region)'),
    state.table !== undefined && finding('data', 'received_already', '本业务已收到信息表 (the case has a table already)'),
  ]);
  return only({ type: 'table-received', ...received });
}

const ofLetter = (letter: LiaisonLetter | undefined, number: string): Finding[] => [
  letter?.number !== number && differs('data.letterNumber', '联系函编号不是本业务的 (letter number is of another case)'),
];

const ofPerson = (letter: LiaisonLetter | undefined, { idNumber, name }: Person): Finding[] => [
  letter?.person.idNumber !== idNumber && differs('data.person.idNumber', '身份证号与联系函不一致 (the ID number is not the letter’s)'),
  letter?.person.name !== name && differs('data.person.name', '姓名与联系函不一致 (the name is not the letter’s)'),
];
