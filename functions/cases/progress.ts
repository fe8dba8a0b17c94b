import type { TransferCase } from '../../schemas/cases.ts';
import { ELIGIBILITY_REASONS } from '../../schemas/codes.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { CaseStatus, ClockName } from '../../schemas/procedures.ts';
import { Outcome, PROGRESS_STEP_NAMES, type Progress, type ProgressStep } from '../../schemas/progress.ts';
import { familyOf } from './procedures/choose.ts';
import { PROCEDURES } from './procedures/index.ts';

/**
 * Progress of a case for the person. Both regions' copies say the same once every message between them has arrived (B19), so a step is told
 * only as finely as both know it. A question that is open, a withdrawal or a proposal that waits changes nothing.
 */
export function progressOf(state: TransferCase): Progress {
  const { caseNumber, procedure } = state;
  const step = stepOf(state);
  const { data: ended } = Outcome.safeParse(step);
  return {
    caseNumber,
    procedure,
    step,
    stepName: PROGRESS_STEP_NAMES[step],
    holder: holderOf(state, step),
    ...dueOf(state, step),
    ...(ended && { ended }),
    ...(step === 'refused' && { reasons: reasonsIn(state) }),
  };
}

/** Where the status alone says the step; while documents travel they say it. */
const STEP_OF_STATUS: Record<CaseStatus, ProgressStep | 'by-documents'> = {
  'voucher-sent': 'voucher-sent',
  'voucher-received': 'voucher-sent',
  opened: 'applied',
  accepted: 'accepted',
  requested: 'verifying',
  'request-received': 'verifying',
  'letter-sent': 'by-documents',
  'letter-received': 'transferring-out',
  'relation-terminated': 'transferring-out',
  'account-settled': 'transferring-out',
  'transferred-out': 'completing',
  'ready-to-complete': 'completing',
  completed: 'completed',
  closed: 'completed',
  forwarded: 'forwarded',
  ineligible: 'refused',
  refused: 'refused',
  withdrawn: 'withdrawn',
  'closed-by-agreement': 'closed-by-agreement',
};

function stepOf(state: TransferCase): ProgressStep {
  const step = STEP_OF_STATUS[state.status];
  if (step === 'by-documents') return transferredOut(state) ? 'completing' : 'transferring-out';
  if (step === 'accepted' && familyOf(state.procedure) === '2021') return 'transferring-out';
  // TransferOut, which sent the voucher, hears of nothing before the letter.
  if ((step === 'applied' || step === 'accepted') && state.times['voucher-received']) return 'voucher-sent';
  return step;
}

/** TransferOut has done its part when both its words are there; that the money came, only transferIn knows. */
const transferredOut = ({ table, advice, notRemitted }: TransferCase): boolean =>
  table !== undefined && (advice ?? notRemitted) !== undefined;

function holderOf(state: TransferCase, step: ProgressStep): RegionCode {
  const { transferIn, transferOut } = sidesOf(state);
  const opener = state.opener === 'transferOut' ? transferOut : transferIn;
  const answerer = opener === transferIn ? transferOut : transferIn;
  const holders: Record<ProgressStep, RegionCode> = {
    'voucher-sent': transferIn,
    applied: transferIn,
    accepted: transferIn,
    // The application carries the verdict of the side where it was made.
    verifying: answerer,
    'transferring-out': transferOut,
    completing: transferIn,
    forwarded: (state.side === 'transferOut' ? state.forwardedTo : undefined) ?? transferOut,
    completed: transferIn,
    refused: opener,
    withdrawn: transferIn,
    'closed-by-agreement': opener,
  };
  return holders[step];
}

const sidesOf = ({ side, region, counterpart }: TransferCase) =>
  side === 'transferIn' ? { transferIn: region, transferOut: counterpart } : { transferIn: counterpart, transferOut: region };

type Due = Pick<Progress, 'dueOn' | 'dueRule'>;
type DueRule = { clock: ClockName; rule: (days: number) => string };

const DUE_2016: Partial<Record<ProgressStep, DueRule>> = {
  'voucher-sent': { clock: 'send-letter', rule: (days) => `转入地受理申请后${days}个工作日内发出联系函` },
  accepted: { clock: 'send-letter', rule: (days) => `受理申请后${days}个工作日内发出联系函` },
  'transferring-out': { clock: 'transfer-out', rule: (days) => `收到联系函后${days}个工作日内转出` },
  completing: { clock: 'complete', rule: (days) => `收到信息表和个人账户余额后${days}个工作日内办结` },
};
/** One due date for the applicant from the acceptance to the end (D2). */
const OVERALL: DueRule = { clock: 'overall', rule: (days) => `受理后${days}个工作日内办结` };
const DUE_2021: Partial<Record<ProgressStep, DueRule>> = {
  verifying: { clock: 'verdict', rule: (days) => `收到申请后${days}个工作日内校验` },
  'transferring-out': OVERALL,
  completing: OVERALL,
};

/** The due date where both copies know it, else how it is counted. */
function dueOf(state: TransferCase, step: ProgressStep): Due {
  const due = (familyOf(state.procedure) === '2016' ? DUE_2016 : DUE_2021)[step];
  if (!due) return {};
  const known = onlyTransferInKnows(state, step) ? undefined : state.clocks[due.clock];
  if (known) return { dueOn: known.dueOn };
  const days = PROCEDURES[state.procedure].clocks.find(({ name }) => name === due.clock)?.days;
  return days === undefined ? {} : { dueRule: due.rule(days) };
}

/** Nobody tells transferOut of the acceptance before the letter, nor of the value date of money (S94 7). */
const onlyTransferInKnows = ({ procedure, advice }: TransferCase, step: ProgressStep): boolean =>
  step === 'voucher-sent' || (step === 'completing' && advice !== undefined && familyOf(procedure) === '2016');

const reasonsIn = ({ ineligible = [] }: TransferCase): Progress['reasons'] =>
  ineligible.map(({ code, article, firstAllowedOn }) => ({
    code,
    text: ELIGIBILITY_REASONS[code].text,
    article,
    ...(firstAllowedOn && { firstAllowedOn }),
  }));
