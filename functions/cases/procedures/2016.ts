import { Role } from '../../../schemas/codes.ts';
import type { CaseStatus, ClockRule, Procedure } from '../../../schemas/procedures.ts';
import {
  besides,
  but,
  conversation,
  noticed,
  OFFICE,
  PEOPLE,
  remittance,
  TELL_RESULT,
  withdrawalAnswered,
  withdrawalReceived,
} from './rows.ts';

const LEGACY_OFFICE = Role.options.filter((role) => role !== 'ministry');

const CLOCKS: ClockRule[] = [
  { name: 'send-letter', owedBy: 'transferIn', days: 15, article: '人社厅发〔2016〕94号第五条' },
  { name: 'transfer-out', owedBy: 'transferOut', days: 15, article: '人社厅发〔2016〕94号第六条' },
  { name: 'complete', owedBy: 'transferIn', days: 15, article: '人社厅发〔2016〕94号第七条' },
  // A house clock: no article sets it, but a counterpart that never learns of the completion keeps its copy open for ever (B16).
  { name: 'counterpart-closure', owedBy: 'transferOut', days: 5, article: '内部时限：办结通知送达' },
];

/**
 * The procedure of S94 (人社厅发〔2016〕94号): letter, table and balance, three clocks of 15 working days. This version knows the straight road
 * only; cases that began under it, and cases with a region whose software speaks nothing newer, are finished under it.
 */
export const PROCEDURE_2016_1: Procedure = {
  id: '2016.1',
  title: '2016年经办规程（人社厅发〔2016〕94号），第一版',
  transitions: [
    { side: 'transferIn', command: 'open', from: [], to: ['opened'], roles: LEGACY_OFFICE },
    { side: 'transferIn', command: 'accept', from: ['opened'], to: ['accepted'], roles: LEGACY_OFFICE },
    { side: 'transferIn', command: 'send-letter', from: ['accepted'], to: ['letter-sent'], roles: LEGACY_OFFICE },
    { side: 'transferIn', command: 'receive-remittance-advice', from: ['letter-sent'], to: ['letter-sent'], roles: [] },
    { side: 'transferIn', command: 'receive-not-remitted', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: [] },
    { side: 'transferIn', command: 'receive-table', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: [] },
    { side: 'transferIn', command: 'confirm-money', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: LEGACY_OFFICE },
    { side: 'transferIn', command: 'complete', from: ['ready-to-complete'], to: ['completed'], roles: LEGACY_OFFICE },
    { side: 'transferIn', command: 'record-delivery', from: ['letter-sent', 'ready-to-complete', 'completed'], to: [], roles: [] },

    { side: 'transferOut', command: 'receive-letter', from: [], to: ['letter-received'], roles: [] },
    { side: 'transferOut', command: 'confirm-termination', from: ['letter-received'], to: ['relation-terminated'], roles: LEGACY_OFFICE },
    { side: 'transferOut', command: 'remit', from: ['relation-terminated'], to: ['account-settled'], roles: LEGACY_OFFICE },
    { side: 'transferOut', command: 'not-remit', from: ['relation-terminated'], to: ['account-settled'], roles: LEGACY_OFFICE },
    { side: 'transferOut', command: 'send-table', from: ['account-settled'], to: ['transferred-out'], roles: LEGACY_OFFICE },
    { side: 'transferOut', command: 'receive-completion', from: ['transferred-out'], to: ['closed'], roles: [] },
    { side: 'transferOut', command: 'record-delivery', from: ['account-settled', 'transferred-out', 'closed'], to: [], roles: [] },
  ],
  materials: [],
  clocks: CLOCKS,
};

const ENDED: CaseStatus[] = ['refused', 'withdrawn', 'closed-by-agreement'];
const BEFORE_LETTER: CaseStatus[] = ['voucher-received', 'opened', 'accepted'];
const IN: CaseStatus[] = [...BEFORE_LETTER, 'letter-sent', 'ready-to-complete', 'completed', 'ineligible', ...ENDED];
const AT_WORK: CaseStatus[] = ['letter-received', 'relation-terminated', 'account-settled', 'transferred-out'];
const OUT: CaseStatus[] = ['voucher-sent', ...AT_WORK, 'closed', 'forwarded', ...ENDED];

/** The procedure of S94 with every road that articles 4 to 7 know. */
export const PROCEDURE_2016_2: Procedure = {
  id: '2016.2',
  title: '2016年经办规程（人社厅发〔2016〕94号）',
  transitions: [
    { side: 'transferIn', command: 'receive-voucher', from: [], to: ['voucher-received', 'withdrawn'], roles: [] },
    { side: 'transferIn', command: 'apply', from: ['voucher-received'], to: ['opened'], roles: OFFICE },
    { side: 'transferIn', command: 'open', from: [], to: ['opened'], roles: OFFICE },
    { side: 'transferIn', command: 'return-materials', from: ['opened'], to: [], roles: OFFICE },
    { side: 'transferIn', command: 'hand-in-materials', from: ['opened'], to: [], roles: OFFICE },
    { side: 'transferIn', command: 'accept', from: ['opened'], to: ['accepted'], roles: OFFICE },
    { side: 'transferIn', command: 'send-letter', from: ['accepted'], to: ['letter-sent'], roles: OFFICE },
    { side: 'transferIn', command: 'receive-remittance-advice', from: ['letter-sent'], to: [], roles: [] },
    { side: 'transferIn', command: 'receive-not-remitted', from: ['letter-sent'], to: ['ready-to-complete'], stays: true, roles: [] },
    { side: 'transferIn', command: 'receive-table', from: ['letter-sent'], to: ['ready-to-complete'], stays: true, roles: [] },
    { side: 'transferIn', command: 'confirm-money', from: ['letter-sent'], to: ['ready-to-complete'], stays: true, roles: OFFICE },
    { side: 'transferIn', command: 'reject-money', from: ['letter-sent'], to: [], roles: PEOPLE },
    { side: 'transferIn', command: 'reject-money', from: ['ready-to-complete'], to: ['letter-sent'], roles: PEOPLE },
    { side: 'transferIn', command: 'credit', from: ['ready-to-complete'], to: [], roles: PEOPLE },
    { side: 'transferIn', command: 'complete', from: ['ready-to-complete'], to: ['completed'], roles: OFFICE },
    ...besides(['accepted', 'letter-sent', 'ready-to-complete', 'completed']),
    ...noticed('transferIn', ['completed', 'refused', 'closed-by-agreement']),
    { side: 'transferIn', command: 'receive-scheme-withdrawal-answer', from: IN, to: [], roles: [] },
    { side: 'transferIn', command: 'receive-ineligibility', from: ['letter-sent'], to: ['ineligible'], roles: [] },
    { side: 'transferIn', command: 'notify-applicant', from: ['ineligible'], to: ['refused'], roles: OFFICE },
    { side: 'transferIn', command: 'receive-forwarded', from: ['letter-sent'], to: ['ineligible'], stays: true, roles: [] },
    // S94 6.1: once the relation is terminated there, one side alone cannot undo it (B5).
    { side: 'transferIn', command: 'withdraw', from: [...BEFORE_LETTER, 'letter-sent'], to: ['withdrawn'], stays: true, roles: OFFICE },
    ...withdrawalAnswered(IN, [...BEFORE_LETTER, 'letter-sent']),
    { side: 'transferIn', command: 'record-delivery', from: IN, to: [], roles: [] },
    ...conversation('transferIn', {
      all: IN,
      query: ['letter-sent', 'ready-to-complete'],
      answer: ['letter-sent', 'ready-to-complete'],
      propose: ['letter-sent', 'ready-to-complete'],
      agree: [...BEFORE_LETTER, 'letter-sent', 'ready-to-complete'],
      remind: ['letter-sent', 'ready-to-complete'],
    }),

    { side: 'transferOut', command: 'send-voucher', from: [], to: ['voucher-sent'], roles: OFFICE },
    { side: 'transferOut', command: 'receive-letter', from: [], to: ['letter-received', 'refused'], roles: [] },
    { side: 'transferOut', command: 'receive-letter', from: ['voucher-sent'], to: ['letter-received', 'refused'], roles: [] },
    { side: 'transferOut', command: 'propose-termination', from: ['letter-received'], to: [], roles: OFFICE },
    { side: 'transferOut', command: 'approve-termination', from: ['letter-received'], to: ['relation-terminated'], roles: PEOPLE },
    ...remittance('relation-terminated', ['account-settled', 'transferred-out']),
    { side: 'transferOut', command: 'not-remit', from: ['relation-terminated'], to: ['account-settled'], roles: OFFICE },
    { side: 'transferOut', command: 'receive-scheme-withdrawal', from: OUT, to: [], roles: [] },
    // The person has joined another scheme whatever became of the hand-over; what was forwarded is another region's to answer (S191 4).
    { side: 'transferOut', command: 'answer-scheme-withdrawal', from: but(OUT, ['voucher-sent', 'forwarded']), to: [], roles: OFFICE },
    { side: 'transferOut', command: 'propose-table', from: ['account-settled', 'transferred-out'], to: [], roles: OFFICE },
    { side: 'transferOut', command: 'approve-table', from: ['account-settled', 'transferred-out'], to: ['transferred-out'], roles: PEOPLE },
    { side: 'transferOut', command: 'receive-completion', from: ['transferred-out'], to: ['closed'], roles: [] },
    { side: 'transferOut', command: 'refuse', from: ['letter-received'], to: ['refused'], roles: OFFICE },
    { side: 'transferOut', command: 'forward', from: ['letter-received'], to: ['forwarded'], roles: OFFICE },
    ...withdrawalReceived(OUT, ['voucher-sent', 'letter-received']),
    { side: 'transferOut', command: 'record-delivery', from: OUT, to: [], roles: [] },
    ...conversation('transferOut', {
      all: OUT,
      // Until the money goes to the account that it names.
      query: ['letter-received', 'relation-terminated'],
      answer: AT_WORK,
      propose: ['voucher-sent', ...AT_WORK],
      agree: ['voucher-sent', ...AT_WORK],
      remind: ['voucher-sent', ...AT_WORK],
    }),
  ],
  materials: ['id-card', 'application-form', 'coverage-voucher'],
  clocks: [
    ...CLOCKS,
    // 及时告知: a refusal reaches the applicant on the same working day (A9).
    { name: 'tell-applicant', owedBy: 'opener', days: 0, article: '内部时限：当日告知申请人' },
    TELL_RESULT,
  ],
};
