import { Role } from '../../../schemas/codes.ts';
import type { Procedure } from '../../../schemas/procedures.ts';

const OFFICE = Role.options.filter((role) => role !== 'ministry');

/** The procedure of S94 (人社厅发〔2016〕94号): letter, table and balance, three clocks of 15 working days. */
export const PROCEDURE_2016: Procedure = {
  id: '2016.1',
  title: '2016年经办规程（人社厅发〔2016〕94号）',
  transitions: [
    { side: 'transferIn', command: 'open', from: [], to: ['opened'], roles: OFFICE },
    { side: 'transferIn', command: 'accept', from: ['opened'], to: ['accepted'], roles: OFFICE },
    { side: 'transferIn', command: 'send-letter', from: ['accepted'], to: ['letter-sent'], roles: OFFICE },
    { side: 'transferIn', command: 'receive-remittance-advice', from: ['letter-sent'], to: ['letter-sent'], roles: [] },
    { side: 'transferIn', command: 'receive-not-remitted', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: [] },
    { side: 'transferIn', command: 'receive-table', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: [] },
    { side: 'transferIn', command: 'confirm-money', from: ['letter-sent'], to: ['letter-sent', 'ready-to-complete'], roles: OFFICE },
    { side: 'transferIn', command: 'complete', from: ['ready-to-complete'], to: ['completed'], roles: OFFICE },
    { side: 'transferIn', command: 'record-delivery', from: ['letter-sent', 'ready-to-complete', 'completed'], to: [], roles: [] },

    { side: 'transferOut', command: 'receive-letter', from: [], to: ['letter-received'], roles: [] },
    { side: 'transferOut', command: 'confirm-termination', from: ['letter-received'], to: ['relation-terminated'], roles: OFFICE },
    { side: 'transferOut', command: 'remit', from: ['relation-terminated'], to: ['account-settled'], roles: OFFICE },
    { side: 'transferOut', command: 'not-remit', from: ['relation-terminated'], to: ['account-settled'], roles: OFFICE },
    { side: 'transferOut', command: 'send-table', from: ['account-settled'], to: ['transferred-out'], roles: OFFICE },
    { side: 'transferOut', command: 'receive-completion', from: ['transferred-out'], to: ['closed'], roles: [] },
    { side: 'transferOut', command: 'record-delivery', from: ['account-settled', 'transferred-out', 'closed'], to: [], roles: [] },
  ],
  clocks: [
    { name: 'send-letter', owedBy: 'transferIn', days: 15, article: '人社厅发〔2016〕94号第五条' },
    { name: 'transfer-out', owedBy: 'transferOut', days: 15, article: '人社厅发〔2016〕94号第六条' },
    { name: 'complete', owedBy: 'transferIn', days: 15, article: '人社厅发〔2016〕94号第七条' },
    // A house clock: no article sets it, but a counterpart that never learns of the completion keeps its copy open for ever (B16).
    { name: 'counterpart-closure', owedBy: 'transferOut', days: 5, article: '内部时限：办结通知送达' },
  ],
};
