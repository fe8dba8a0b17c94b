import type { Side } from '../../../schemas/codes.ts';
import type { CaseStatus, Procedure, Transition } from '../../../schemas/procedures.ts';
import { besides, conversation, noticed, OFFICE, PEOPLE, remittance, TELL_RESULT, withdrawalAnswered, withdrawalReceived } from './rows.ts';

const ENDED: CaseStatus[] = ['refused', 'withdrawn', 'closed-by-agreement'];
const BEFORE: CaseStatus[] = ['requested', 'request-received'];
const IN: CaseStatus[] = [...BEFORE, 'accepted', 'ready-to-complete', 'completed', 'ineligible', ...ENDED];
const OUT: CaseStatus[] = [...BEFORE, 'accepted', 'account-settled', 'transferred-out', 'closed', 'ineligible', ...ENDED];

/** Applied for at either window; both sides check, either can refuse (S21: 转出地和转入地校验是否符合转移接续条件). */
const opening = (side: Side): Transition[] => [
  { side, command: 'request', from: [], to: ['requested'], roles: OFFICE },
  { side, command: 'receive-request', from: [], to: ['request-received', 'refused'], roles: [] },
  { side, command: 'give-verdict', from: ['request-received'], to: ['accepted', 'refused'], roles: OFFICE },
  { side, command: 'receive-verdict', from: ['requested'], to: ['accepted', 'ineligible'], roles: [] },
  { side, command: 'notify-applicant', from: ['ineligible'], to: ['refused'], roles: OFFICE },
];

/**
 * The interim measures in force since 1 December 2021: no form, voucher or letter; 15 working days in all, 10 of them to transfer out and 5 to
 * transfer in; the relation stays suspended at transferOut until the hand-over is complete and then ends by itself.
 */
export const PROCEDURE_2021_1: Procedure = {
  id: '2021.1',
  title: '2021年暂行办法（基本医疗保险关系转移接续暂行办法）',
  transitions: [
    ...opening('transferIn'),
    // A region with software of its own may send the table first, and money may come after the completion (S21: 并接收职工医保个人账户金额).
    { side: 'transferIn', command: 'receive-remittance-advice', from: ['accepted', 'ready-to-complete', 'completed'], to: [], roles: [] },
    { side: 'transferIn', command: 'receive-not-remitted', from: ['accepted', 'ready-to-complete', 'completed'], to: [], roles: [] },
    { side: 'transferIn', command: 'receive-table', from: ['accepted'], to: ['ready-to-complete'], roles: [] },
    { side: 'transferIn', command: 'confirm-money', from: ['accepted', 'ready-to-complete', 'completed'], to: [], roles: OFFICE },
    { side: 'transferIn', command: 'reject-money', from: ['accepted', 'ready-to-complete', 'completed'], to: [], roles: PEOPLE },
    { side: 'transferIn', command: 'credit', from: ['ready-to-complete', 'completed'], to: [], roles: PEOPLE },
    { side: 'transferIn', command: 'complete', from: ['ready-to-complete'], to: ['completed'], roles: OFFICE },
    ...besides(['accepted', 'ready-to-complete', 'completed']),
    ...noticed('transferIn', ['completed', 'refused', 'closed-by-agreement']),
    { side: 'transferIn', command: 'withdraw', from: ['requested', 'accepted'], to: [], roles: OFFICE },
    ...withdrawalAnswered(IN, ['requested', 'accepted']),
    { side: 'transferIn', command: 'record-delivery', from: IN, to: [], roles: [] },
    ...conversation('transferIn', {
      all: IN,
      // Completed: about money that has not come, or not as advised.
      query: ['request-received', 'accepted', 'ready-to-complete', 'completed'],
      answer: ['requested', 'accepted', 'ready-to-complete'],
      propose: ['accepted', 'ready-to-complete'],
      agree: [...BEFORE, 'accepted', 'ready-to-complete'],
      remind: [...BEFORE, 'accepted', 'ready-to-complete', 'completed'],
    }),

    ...opening('transferOut'),
    ...noticed('transferOut', ['refused', 'closed-by-agreement']),
    ...remittance('accepted', ['account-settled', 'transferred-out', 'closed']),
    { side: 'transferOut', command: 'not-remit', from: ['accepted'], to: ['account-settled'], roles: OFFICE },
    // Closed: where money came later and the table does not agree with it.
    { side: 'transferOut', command: 'propose-table', from: ['account-settled', 'transferred-out', 'closed'], to: [], roles: OFFICE },
    { side: 'transferOut', command: 'approve-table', from: ['account-settled', 'transferred-out'], to: ['transferred-out'], roles: PEOPLE },
    { side: 'transferOut', command: 'approve-table', from: ['closed'], to: [], roles: PEOPLE },
    { side: 'transferOut', command: 'receive-completion', from: ['transferred-out'], to: ['closed'], roles: [] },
    // Money or table that has gone is not undone by one side alone.
    ...withdrawalReceived(OUT, [...BEFORE, 'accepted']),
    { side: 'transferOut', command: 'record-delivery', from: OUT, to: [], roles: [] },
    ...conversation('transferOut', {
      all: OUT,
      query: ['request-received'],
      answer: ['requested', 'accepted', 'account-settled', 'transferred-out', 'closed'],
      propose: ['requested', 'accepted', 'account-settled', 'transferred-out'],
      agree: [...BEFORE, 'accepted', 'account-settled', 'transferred-out'],
      remind: [...BEFORE, 'accepted', 'account-settled', 'transferred-out'],
    }),
  ],
  // 取消了《申请表》这项申请材料以及《参保凭证》和《联系函》两个办理环节 (A6).
  materials: ['id-card'],
  clocks: [
    // 及时告知: the measures name no number of days for a verdict (D2).
    { name: 'verdict', owedBy: 'answerer', days: 2, article: '内部时限：及时校验并告知' },
    { name: 'overall', owedBy: 'transferIn', days: 15, article: '2021年暂行办法：不超过15个工作日' },
    { name: 'transfer-out', owedBy: 'transferOut', days: 10, article: '2021年暂行办法：10个工作日内完成转出' },
    { name: 'transfer-in', owedBy: 'transferIn', days: 5, article: '2021年暂行办法：5个工作日内完成转入' },
    { name: 'counterpart-closure', owedBy: 'transferOut', days: 5, article: '内部时限：办结通知送达' },
    { name: 'tell-applicant', owedBy: 'opener', days: 0, article: '内部时限：当日告知申请人' },
    TELL_RESULT,
  ],
};
