import { randomUUID } from 'node:crypto';
import type { DemoBodies } from '../../infra/local/demo-documents.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';

/** A body of every command as its schema wants it, so that what is refused is who asks, not what he says. */
export function bodiesOf(papers: DemoBodies): Record<ClerkCommandName, unknown> {
  const reason = '演示原因';
  const approval = { proposal: 1 };
  return {
    ...papers,
    'return-materials': { missing: ['application-form'] },
    'hand-in-materials': { materials: ['application-form'] },
    'send-letter': {},
    'confirm-termination': { terminatedOn: papers['propose-termination'].terminatedOn },
    'approve-termination': approval,
    remit: papers['propose-remittance'],
    'approve-remittance': approval,
    'not-remit': { reason: 'zero-balance' },
    'send-table': papers['propose-table'],
    'approve-table': approval,
    'reject-money': { reason },
    credit: {},
    complete: {},
    refuse: { reasons: [{ code: 'no-relation' }] },
    'notify-applicant': { channel: 'counter' },
    'answer-scheme-withdrawal': { withdrawn: false, reason },
    forward: { region: '420100', reason },
    query: { about: 'liaison-letter', fields: ['insuranceNumber'], question: '请补充' },
    correct: { about: 'liaison-letter', query: randomUUID(), changes: {} },
    explain: { query: randomUUID(), text: reason },
    withdraw: { reason },
    'propose-closure': { reason },
    'answer-closure': { agreed: true },
    remind: {},
  };
}
