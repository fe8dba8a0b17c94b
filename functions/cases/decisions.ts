import type { Office } from '../../schemas/directory.ts';
import type { OfficeOnDocument } from '../../schemas/documents.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { Refusal } from '../platform/errors.ts';
import type { CommandOf, Decision } from './commands.ts';

/** Pieces of decisions that both sides are made of. */

/** Something happened and nothing is sent. */
export const only = (...events: Decision['events']): Decision => ({ events, messages: [] });

/** What was found, without the checks that found nothing. */
export const found = (findings: readonly (FieldError | false)[]): FieldError[] => findings.filter((entry) => entry !== false);

/** Refuses with all contradictions at once. */
export function assertConsistent(findings: readonly (FieldError | false)[]): void {
  const wrong = found(findings);
  if (wrong.length > 0) throw new Refusal('case.inconsistent', wrong);
}

/** A receipt came: the counterpart's inbox has what was sent. */
export const recordDelivery = ({ messageType, messageId, deliveredAt }: CommandOf<'record-delivery'>): Decision =>
  only({ type: 'message-delivered', messageType, messageId, deliveredAt });

/** An office as it is printed: the postal part of its directory record. */
export function onDocument({ code, region, name, address, postcode, phone, contact }: Office): OfficeOnDocument {
  return { code, region, name, address, postcode, phone, contact };
}
