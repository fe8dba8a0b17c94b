import type { RegionalRules } from '../../schemas/entitlement.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';

/** The version of a region's rules in force on a day: of those that cover it the newest (A14). */
export const rulesOn = (versions: readonly RegionalRules[], day: CalendarDate): RegionalRules | undefined =>
  versions.findLast(({ validFrom, validUntil }) => validFrom <= day && (validUntil === undefined || day <= validUntil));
