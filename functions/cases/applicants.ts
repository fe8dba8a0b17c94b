import type { TransferCase } from '../../schemas/cases.ts';
import type { NoticeRecipient } from '../../schemas/notices.ts';

/** Who applied, where this side knows it. */
const applicantOf = (state: TransferCase) =>
  (state.side === 'transferIn' ? (state.application ?? state.request) : state.request)?.applicant;

/** The insured person in any case; an employer that applied as well. */
export const recipientsOf = (state: TransferCase): NoticeRecipient[] =>
  applicantOf(state)?.capacity === 'employer' ? ['person', 'employer'] : ['person'];

/** Whom `notify-applicant` tells: the applicant himself. */
export const toldApplicant = (state: TransferCase): NoticeRecipient =>
  applicantOf(state)?.capacity === 'employer' ? 'employer' : 'person';
