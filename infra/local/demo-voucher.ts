import type * as z from 'zod';
import { Month } from '../../schemas/primitives.ts';
import type { VoucherRecord } from '../../schemas/vouchers.ts';
import { demoMovements } from './demo-account.ts';
import type { DemoBodies } from './demo-documents.ts';

/**
 * What the records of the region left say of a person whose participation has stopped, as far as a clerk states it; the papers' own voucher
 * follows from it.
 */
export function demoVoucherRecord(bodies: DemoBodies): z.input<typeof VoucherRecord> {
  const { person, hukou, scheme, benefits, participation } = bodies['send-voucher'].voucher;
  const { suspendedOn = '' } = suspendedFacts(bodies);
  return {
    person,
    hukou,
    scheme,
    participation: 'suspended',
    suspendedOn,
    periods: bodies['propose-table'].periods,
    benefits,
    account: demoMovements(Month.parse(participation.from), bodies['propose-table'].totalMonths),
    hasEmployer: false,
  };
}

function suspendedFacts({ request: { facts } }: DemoBodies) {
  if (facts.side !== 'transferOut') throw new TypeError('the request is made at the region left');
  return facts;
}
