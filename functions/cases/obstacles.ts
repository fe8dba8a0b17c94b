import type { TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { FieldError } from '../../schemas/problems.ts';
import type { CommandName } from '../../schemas/procedures.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { undelivered } from './decide-after.ts';
import { missingFindings } from './decide-application.ts';
import { found } from './decisions.ts';
import { isCredited, isUncredited, openQueries, openQueryAbout, queryable, wantsAccount } from './facts.ts';
import { familyOf } from './procedures/choose.ts';
import { differenceFindings, reconciliationOf } from './reconcile.ts';
import { confirmedYourself, wrongState } from './refusals.ts';
import { tableFindings } from './table.ts';

/**
 * What the state alone holds against a command that the transition table allows, or nothing. `decide` throws it and the offered actions leave
 * the command out, so that the two cannot disagree (G1). `subject` is the caller, who cannot approve what he proposed himself (F2).
 */
export function obstacleTo(state: TransferCase, command: CommandName, subject: string | undefined): Refusal | undefined {
  return (
    waiting(state, command) ??
    talking(state, command) ??
    (state.side === 'transferIn' ? obstacleIn(state, command, subject) : obstacleOut(state, command, subject))
  );
}

const refusal = (code: Refusal['code'], findings: readonly FieldError[]): Refusal | undefined =>
  findings.length > 0 ? new Refusal(code, findings) : undefined;

/** Steps of the hand-over; none is taken while this side waits for the other's word on ending it. */
const STEPS: readonly CommandName[] = [
  ...([
    'apply',
    'accept',
    'give-verdict',
    'send-letter',
    'propose-termination',
    'approve-termination',
    'propose-remittance',
    'approve-remittance',
    'not-remit',
  ] as const),
  ...(['propose-table', 'approve-table', 'credit', 'complete', 'refuse', 'forward', 'withdraw', 'propose-closure', 'query'] as const),
];
/** Of these, what a question of ours about the papers they rest on holds up: the old version is never processed (B3). */
const HELD_BY_QUERY: readonly CommandName[] = [
  ...([
    'give-verdict',
    'propose-termination',
    'approve-termination',
    'propose-remittance',
    'approve-remittance',
    'not-remit',
    'credit',
    'complete',
    'forward',
  ] as const),
];

function waiting(state: TransferCase, command: CommandName): Refusal | undefined {
  if (!STEPS.includes(command)) return undefined;
  const held = openQueries(state, 'own').length > 0 && HELD_BY_QUERY.includes(command);
  const findings: (FieldError | false)[] = [
    state.closure?.by === 'own' &&
      finding('closure', 'waiting', '已提议协商终结，等待对方答复 (your proposal to end the case waits for its answer)'),
    state.closure?.by === 'counterpart' &&
      command === 'propose-closure' &&
      finding('closure', 'answer_first', '对方已提议协商终结，请答复 (answer the proposal of the other side)'),
    isWithdrawing(state) && WITHDRAWAL_WAITS,
    held && finding('queries', 'waiting', '对方尚未答复本地区的询问 (a query of yours waits for its answer)'),
  ];
  return refusal('case.pending', found(findings));
}

const isWithdrawing = (state: TransferCase): boolean => state.side === 'transferIn' && state.withdrawal !== undefined;
const WITHDRAWAL_WAITS = finding('withdrawal', 'waiting', '已申请撤回，等待对方答复 (your withdrawal waits for its answer)');

/** What there must be to talk about. */
function talking(state: TransferCase, command: CommandName): Refusal | undefined {
  switch (command) {
    case 'query':
      if (queryable(state).size === 0) return nothing('versions', '对方尚无可询问的文书 (no document of the other side yet)');
      return isAskable(state)
        ? undefined
        : new Refusal('case.pending', [
            finding('about', 'query_open', '就对方文书的询问均待答复 (a query about each of them waits for its answer)'),
          ]);
    case 'correct':
      return openQueries(state, 'counterpart').some(({ about }) => about !== 'information-table' && about !== 'remittance-advice')
        ? undefined
        : nothing('queries', '没有待更正的询问 (no open query of the other side to correct for)');
    case 'explain':
      return openQueries(state, 'counterpart').length > 0
        ? undefined
        : nothing('queries', '没有待答复的询问 (no open query of the other side)');
    case 'answer-closure':
      // Its answer may end the case another way: then both sides would end it differently.
      if (isWithdrawing(state)) return new Refusal('case.pending', [WITHDRAWAL_WAITS]);
      return state.closure?.by === 'counterpart'
        ? undefined
        : nothing('closure', '对方没有提议协商终结 (the other side has proposed nothing)');
    case 'deliver-notice':
      return undelivered(state).length > 0 ? undefined : nothing('notices', '没有待告知的事项 (no notice is to be given)');
    case 'answer-scheme-withdrawal':
      return state.schemeWithdrawal?.messageId && !state.schemeWithdrawal.answer
        ? undefined
        : nothing('schemeWithdrawal', '没有待答复的退出新农合通知 (no such notice waits for an answer)');
    case 'remind':
      return isWaitingForOther(state) ? undefined : nothing('clocks', '目前没有等待对方办理的事项 (nothing is owed by the other side)');
    default:
      return undefined;
  }
}

/** Some document of the other side is in no open question of ours, and nothing was confirmed against it. */
const isAskable = (state: TransferCase): boolean =>
  [...queryable(state).keys()].some(
    (about) => !openQueryAbout(state, 'own', about) && !(about === 'remittance-advice' && state.side === 'transferIn' && state.money),
  );

const nothing = (field: string, reason: string): Refusal => new Refusal('case.wrong-state', [finding(field, 'nothing', reason)]);

/** An answer, a verdict, or a step that the status says is the other side's. */
function isWaitingForOther(state: TransferCase): boolean {
  if (openQueries(state, 'own').length > 0 || state.closure?.by === 'own') return true;
  if (state.side === 'transferIn') {
    const isAllIn = state.table !== undefined && (state.advice ?? state.notRemitted) !== undefined;
    return state.status === 'requested' || ((state.status === 'letter-sent' || state.status === 'accepted') && !isAllIn);
  }
  return state.status === 'requested' || state.status === 'transferred-out';
}

function obstacleIn(state: TransferInCase, command: CommandName, subject: string | undefined): Refusal | undefined {
  switch (command) {
    case 'accept':
      return refusal('case.materials', missingFindings(state));
    case 'return-materials':
      // Nothing was handed in since the first return, which had to name everything (A8).
      return state.materials?.since?.length === 0
        ? new Refusal('case.materials', [
            finding('missing', 'asked_too_late', '已一次性告知，待补齐后再核对 (all that is missing was named already)'),
          ])
        : undefined;
    case 'hand-in-materials':
      return missingFindings(state).length > 0
        ? undefined
        : new Refusal('case.wrong-state', [finding('materials', 'nothing', '没有待补齐的材料 (no material is missing)')]);
    case 'confirm-money':
      return openQueryAbout(state, 'own', 'remittance-advice')
        ? new Refusal('case.pending', [ADVICE_IN_QUESTION])
        : refusal('case.wrong-state', moneyFindings(state));
    case 'reject-money':
      return state.money && !isCredited(state)
        ? undefined
        : nothing('money', '没有已确认而未计入的到账 (no money is confirmed that has not been credited)');
    case 'credit':
      return creditObstacle(state, subject);
    case 'propose-closure':
      return isCredited(state) ? new Refusal('case.wrong-state', [CREDITED]) : undefined;
    case 'complete':
      return refusal('case.inconsistent', completionFindings(state)) ?? refusal('case.pending', uncredited(state));
    default:
      return undefined;
  }
}

function obstacleOut(state: TransferOutCase, command: CommandName, subject: string | undefined): Refusal | undefined {
  switch (command) {
    case 'remit':
    case 'propose-remittance':
      if (!wantsAccount(state))
        return new Refusal('case.inconsistent', [finding('amountFen', 'not_requested', '转入地未要求划转 (no transfer is asked for)')]);
      if (state.notRemitted) return nothing('notRemitted', '已告知不划转 (it was said that nothing is remitted)');
      return !state.advice || openQueryAbout(state, 'counterpart', 'remittance-advice')
        ? undefined
        : nothing('queries', '划转通知已发出，对方没有询问 (the advice has gone and is not in question)');
    case 'approve-remittance':
      return approval(state.remittanceProposal, subject);
    case 'approve-termination':
      return approval(state.termination, subject);
    case 'approve-table':
      return approval(state.tableProposal, subject);
    case 'propose-table':
      return !state.table || openQueryAbout(state, 'counterpart', 'information-table')
        ? undefined
        : nothing('queries', '信息表已发出，对方没有询问 (the table has gone and is not in question)');
    default:
      return undefined;
  }
}

/** The same person cannot do both (F2). */
function approval(proposal: { by: string } | undefined, subject: string | undefined): Refusal | undefined {
  if (!proposal) return nothing('proposal', '没有待复核的事项 (nothing is proposed)');
  if (proposal.by !== subject) return undefined;
  return new Refusal('case.same-person', [finding('proposal', 'same_person', '不得复核本人提交的事项 (you proposed it yourself)')]);
}

/** 将转移的个人账户金额计入参保人员的个人账户 (S94 7.2): once, by a second person, when everything agrees to the fen. */
function creditObstacle(state: TransferInCase, subject: string | undefined): Refusal | undefined {
  if (isCredited(state)) return new Refusal('case.wrong-state', [CREDITED]);
  if (!state.money || !state.table) return nothing('money', '信息表和到账金额尚未收齐 (table and money are not both in)');
  if (state.moneyFrom?.by !== undefined && state.moneyFrom.by === subject) return confirmedYourself();
  return refusal('case.not-reconciled', differenceFindings(reconciliationOf(state)));
}

const CREDITED = finding('credit', 'credited', '已计入个人账户 (it was credited already)');

/** Money that is here belongs on the account before the hand-over is complete. */
const uncredited = (state: TransferInCase): FieldError[] =>
  isUncredited(state) ? [finding('credit', 'missing', '到账金额尚未计入个人账户 (the money has not been credited yet)')] : [];

const ADVICE_IN_QUESTION = finding('queries', 'waiting', '就划转通知的询问尚未得到答复 (a query about the advice waits for its answer)');

/** Money is confirmed once, and against its advice: before that nobody could tell whose it is or whether all of it came. */
function moneyFindings(state: TransferInCase): FieldError[] {
  const { advice, money, notRemitted } = state;
  if (notRemitted) return [finding('notRemitted', 'not_remitted', '对方已告知不划转 (the counterpart said that nothing is remitted)')];
  if (!advice) return [finding('advice', 'missing', '尚未收到划转通知，收到后再确认到账 (wait for the remittance advice)')];
  return money ? [finding('money', 'confirmed', '到账已确认 (the money was confirmed already)')] : [];
}

/** 核对《信息表》列具的信息及转移的个人账户金额 (S94 7.1): the table in itself as of the day it came, and all amounts to the fen. */
function completionFindings(state: TransferInCase): readonly FieldError[] {
  const { table, times } = state;
  const tableReceived = times['table-received'];
  if (!table || !tableReceived) return wrongState(state).errors;
  const rows = tableFindings(table, chinaDate(tableReceived)).map((error) => ({ ...error, field: `table.${error.field}` }));
  return [...rows, ...amountFindings(state, table.transferredFen)];
}

/** Under procedure 2021 money that has not come yet holds nothing up: it stays an open item. */
function amountFindings({ advice, money, procedure }: TransferInCase, transferredFen: number): FieldError[] {
  if (familyOf(procedure) === '2021' && money === undefined) return [];
  const paid = money?.amountFen ?? 0;
  return found([
    transferredFen !== paid &&
      finding(
        'table.transferredFen',
        'amount_mismatch',
        '信息表的划转金额与到账不一致，请联系转出地更正 (table and money differ: ask transferOut)',
      ),
    money !== undefined &&
      advice?.amountFen !== money.amountFen &&
      finding('advice.amountFen', 'amount_mismatch', '划转通知与到账金额不一致 (advice and money differ)'),
  ]);
}
