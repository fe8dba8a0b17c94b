import type { Side } from '../../schemas/codes.ts';
import type { CaseStatus, CommandName, ProcedureId } from '../../schemas/procedures.ts';

/**
 * Words that the tables let in and that nothing is done with in these statuses, since no state that can be reached waits for them. `noted`: they
 * are kept as having come; `inconsistent`: they refer to something that there cannot be, and go to quarantine.
 */
type Late = { side: Side; commands: readonly CommandName[]; statuses: readonly CaseStatus[]; end: 'noted' | 'inconsistent'; why: string };

const ANSWERS: CommandName[] = ['receive-correction', 'receive-explanation'];
const ENDED: CaseStatus[] = ['refused', 'withdrawn', 'closed-by-agreement'];

const LATE: Record<ProcedureId, readonly Late[]> = {
  '2016.1': [],
  '2016.2': [
    {
      side: 'transferIn',
      commands: ['receive-query', ...ANSWERS],
      statuses: ['voucher-received', 'opened', 'accepted'],
      end: 'inconsistent',
      why: 'before its letter it has sent no document, and asks nothing',
    },
    {
      side: 'transferIn',
      commands: ['receive-scheme-withdrawal-answer'],
      statuses: ['voucher-received', 'opened', 'accepted'],
      end: 'inconsistent',
      why: 'the notice goes with its letter',
    },
    {
      side: 'transferIn',
      commands: ['receive-closure-answer'],
      statuses: ['voucher-received', 'opened', 'accepted'],
      end: 'noted',
      why: 'before its letter it proposes nothing: it can withdraw',
    },
    {
      side: 'transferIn',
      commands: ['receive-query', 'receive-closure-proposal', 'receive-closure-answer', 'receive-withdrawal-answer'],
      statuses: ['completed', 'ineligible', ...ENDED],
      end: 'noted',
      why: 'the other side did not know yet how the case had ended',
    },
    {
      side: 'transferIn',
      commands: ANSWERS,
      statuses: ['completed'],
      end: 'inconsistent',
      why: 'it cannot complete while a query of its own is open',
    },
    {
      side: 'transferIn',
      commands: ANSWERS,
      statuses: ['ineligible', ...ENDED],
      end: 'noted',
      why: 'the case ended while its query was open',
    },
    {
      side: 'transferOut',
      commands: ANSWERS,
      statuses: ['voucher-sent', 'account-settled', 'transferred-out', 'closed', 'forwarded'],
      end: 'inconsistent',
      why: 'it asks about the letter alone, and neither settles the account nor forwards while that query is open',
    },
    {
      side: 'transferOut',
      commands: ANSWERS,
      statuses: ENDED,
      end: 'noted',
      why: 'the case ended while its query was open',
    },
    {
      side: 'transferOut',
      commands: ['receive-query', 'receive-closure-proposal', 'receive-closure-answer', 'receive-withdrawal'],
      statuses: ['closed', 'forwarded', ...ENDED],
      end: 'noted',
      why: 'the other side did not know yet how the case had ended',
    },
  ],
  '2021.1': [
    {
      side: 'transferIn',
      commands: ['receive-query'],
      statuses: ['request-received'],
      end: 'inconsistent',
      why: 'it has sent no document yet: the request is the other side’s',
    },
    {
      side: 'transferIn',
      commands: ANSWERS,
      statuses: ['requested', 'ineligible', 'refused'],
      end: 'inconsistent',
      why: 'it asks nothing before it has the other side’s word, and gives no verdict while its query is open',
    },
    {
      side: 'transferIn',
      commands: ANSWERS,
      statuses: ['withdrawn', 'closed-by-agreement'],
      end: 'noted',
      why: 'the case ended while its query was open',
    },
    {
      side: 'transferIn',
      commands: ['receive-closure-answer'],
      statuses: ['requested', 'request-received'],
      end: 'noted',
      why: 'before the acceptance it proposes nothing: it can withdraw or refuse',
    },
    {
      side: 'transferIn',
      commands: ['receive-withdrawal-answer'],
      statuses: ['request-received'],
      end: 'noted',
      why: 'what the other side opened it refuses instead',
    },
    {
      side: 'transferIn',
      commands: ['receive-query', 'receive-closure-proposal', 'receive-closure-answer', 'receive-withdrawal-answer'],
      statuses: ['completed', 'ineligible', ...ENDED],
      end: 'noted',
      why: 'the other side did not know yet how the case had ended',
    },
    {
      side: 'transferOut',
      commands: ['receive-query'],
      statuses: ['request-received'],
      end: 'inconsistent',
      why: 'it has sent no document yet: the request is the other side’s',
    },
    {
      side: 'transferOut',
      commands: ANSWERS,
      statuses: ['requested', 'accepted', 'account-settled', 'transferred-out', 'closed', 'ineligible', 'refused'],
      end: 'inconsistent',
      why: 'it asks about the request alone, and gives no verdict while that query is open',
    },
    {
      side: 'transferOut',
      commands: ANSWERS,
      statuses: ['withdrawn', 'closed-by-agreement'],
      end: 'noted',
      why: 'the case ended while its query was open',
    },
    {
      side: 'transferOut',
      commands: ['receive-closure-answer'],
      statuses: ['request-received'],
      end: 'noted',
      why: 'it proposes nothing while its verdict is owed: it can refuse',
    },
    {
      side: 'transferOut',
      commands: ['receive-query'],
      statuses: ['ineligible', ...ENDED],
      end: 'noted',
      why: 'the other side did not know yet how the case had ended',
    },
    {
      side: 'transferOut',
      commands: ['receive-closure-proposal', 'receive-closure-answer', 'receive-withdrawal'],
      statuses: ['closed', 'ineligible', ...ENDED],
      end: 'noted',
      why: 'the other side did not know yet how the case had ended',
    },
  ],
};

export type LateCell = { procedure: ProcedureId; side: Side; status: CaseStatus; command: CommandName; end: Late['end']; why: string };

/** The same cell by cell. */
export const LATE_CELLS: readonly LateCell[] = (Object.keys(LATE) as ProcedureId[]).flatMap((procedure) =>
  LATE[procedure].flatMap(({ side, commands, statuses, end, why }) =>
    commands.flatMap((command) => statuses.map((status) => ({ procedure, side, status, command, end, why }))),
  ),
);
