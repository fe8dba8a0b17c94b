import * as z from 'zod';
import { EligibilityReason } from './codes.ts';
import { normaliseIdNumber } from './person.ts';
import { CalendarDate, CaseNumber, line, PersonNumber, RegionCode } from './primitives.ts';
import { ProcedureId } from './procedures.ts';

/** What a person asks with: number of the case, the ID, and the region whose office is asked. In a body, since addresses are written down. */
export const ProgressQuery = z.strictObject({
  caseNumber: CaseNumber,
  idNumber: z.string().transform(normaliseIdNumber).pipe(PersonNumber),
  region: RegionCode,
});
export type ProgressQuery = z.infer<typeof ProgressQuery>;

/** How a hand-over ended. */
export const Outcome = z.enum(['completed', 'refused', 'withdrawn', 'closed-by-agreement']);
export type Outcome = z.infer<typeof Outcome>;

/** Steps as the person sees them: no finer than what both regions' copies can know. */
export const ProgressStep = z.enum([
  'voucher-sent',
  'applied',
  'accepted',
  'verifying',
  'transferring-out',
  'completing',
  'forwarded',
  ...Outcome.options,
]);
export type ProgressStep = z.infer<typeof ProgressStep>;

export const PROGRESS_STEP_NAMES: Record<ProgressStep, string> = {
  'voucher-sent': '参保凭证已传至转入地，待转入地发出联系函',
  applied: '转入地已登记申请，待受理',
  accepted: '转入地已受理，待发出联系函',
  verifying: '双方校验转移条件',
  'transferring-out': '转出地办理转出',
  completing: '转入地办理转入',
  forwarded: '联系函已转送至另一统筹地区办理',
  completed: '已办结',
  refused: '不予转移',
  withdrawn: '已撤回',
  'closed-by-agreement': '双方协商终结',
};

/** Progress 办理进度 for the person (S21; B19): the step, who has it in hand, and when it is due. */
export const Progress = z.strictObject({
  caseNumber: CaseNumber,
  procedure: ProcedureId,
  step: ProgressStep,
  stepName: z.string(),
  /** Region that has the step in hand; of a case that has ended, the one that answers for the outcome. */
  holder: RegionCode,
  dueOn: CalendarDate.optional(),
  /** How the due date is counted, where not both regions can know the day. */
  dueRule: z.string().optional(),
  ended: Outcome.optional(),
  /** Why the hand-over was refused. What a clerk wrote to the other office beside the code stays between the offices. */
  reasons: z
    .array(z.strictObject({ code: EligibilityReason, text: z.string(), article: line(200), firstAllowedOn: CalendarDate.optional() }))
    .optional(),
});
export type Progress = z.infer<typeof Progress>;
