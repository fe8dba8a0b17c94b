import type { TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { FieldError } from '../../schemas/problems.ts';
import type { CommandName } from '../../schemas/procedures.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { found } from './decisions.ts';
import { wrongState } from './refusals.ts';
import { tableFindings } from './table.ts';

/**
 * What the state alone holds against a command that the transition table allows, or nothing. `decide` throws it and the offered actions leave
 * the command out, so that the two cannot disagree (G1).
 */
export function obstacleTo(state: TransferCase, command: CommandName): Refusal | undefined {
  return state.side === 'transferIn' ? obstacleIn(state, command) : obstacleOut(state, command);
}

function obstacleIn(state: TransferInCase, command: CommandName): Refusal | undefined {
  switch (command) {
    case 'confirm-money':
      return refusal('case.wrong-state', moneyFindings(state));
    case 'complete':
      return refusal('case.inconsistent', completionFindings(state));
    default:
      return undefined;
  }
}

function obstacleOut({ letter }: TransferOutCase, command: CommandName): Refusal | undefined {
  if (command !== 'remit' || letter.transferAccount) return undefined;
  return refusal('case.inconsistent', [finding('amountFen', 'not_requested', '联系函未要求划转 (the letter asks for no transfer)')]);
}

const refusal = (code: 'case.wrong-state' | 'case.inconsistent', findings: readonly FieldError[]): Refusal | undefined =>
  findings.length > 0 ? new Refusal(code, findings) : undefined;

/** Money is confirmed once, and against its advice: before that nobody could tell whose it is or whether all of it came. */
function moneyFindings({ advice, money, notRemitted }: TransferInCase): FieldError[] {
  if (notRemitted) return [finding('notRemitted', 'not_remitted', '对方已告知不划转 (the counterpart said that nothing is remitted)')];
  if (!advice) return [finding('advice', 'missing', '尚未收到划转通知，收到后再确认到账 (wait for the remittance advice)')];
  return money ? [finding('money', 'confirmed', '到账已确认 (the money was confirmed already)')] : [];
}

/** 核对《信息表》列具的信息及转移的个人账户金额 (S94 7.1): the table in itself as of the day it came, and all amounts to the fen. */
function completionFindings(state: TransferInCase): readonly FieldError[] {
  const { table, advice, money, times } = state;
  const tableReceived = times['table-received'];
  if (!table || !tableReceived) return wrongState(state).errors;
  const paid = money?.amountFen ?? 0;
  const rows = tableFindings(table, chinaDate(tableReceived)).map((error) => ({ ...error, field: `table.${error.field}` }));
  const amounts: (FieldError | false)[] = [
    table.transferredFen !== paid &&
      finding(
        'table.transferredFen',
        'amount_mismatch',
        '信息表的划转金额与到账不一致，请联系转出地更正 (table and money differ: ask transferOut)',
      ),
    money !== undefined &&
      advice?.amountFen !== money.amountFen &&
      finding('advice.amountFen', 'amount_mismatch', '划转通知与到账金额不一致 (advice and money differ)'),
  ];
  return [...rows, ...found(amounts)];
}
