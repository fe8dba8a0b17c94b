import type { Role } from '../../schemas/codes.ts';
import { demoRegions, mainOfficeOf } from './demo-regions.ts';

/** Someone who can sign in at the local issuer. `id` becomes the token's `sub`: opaque, and no real person's name appears anywhere. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly office: string;
  readonly role: Exclude<Role, 'system'>;
}

/**
 * Every caller has an office, so the ministry needs a code too: 11 because it sits in Beijing. No demonstration region has this
 * office, and the role, not the office, is what lets the ministry write the directory.
 */
const ministryOffice = '11000001';

export const demoPeople: readonly DemoPerson[] = [
  ...demoRegions.flatMap(({ code, shortName }): DemoPerson[] => {
    const office = mainOfficeOf(code);
    return [
      { id: `clerk-${office}`, name: `${shortName} 经办人 一`, office, role: 'clerk' },
      // Termination and table are approved by another clerk than the one who proposed them.
      { id: `clerk2-${office}`, name: `${shortName} 经办人 二`, office, role: 'clerk' },
      { id: `supervisor-${office}`, name: `${shortName} 负责人 一`, office, role: 'supervisor' },
    ];
  }),
  { id: `ministry-${ministryOffice}`, name: '国家医保局 管理员 一', office: ministryOffice, role: 'ministry' },
];

export const clerkOf = (regionCode: string): string => `clerk-${mainOfficeOf(regionCode)}`;
export const secondClerkOf = (regionCode: string): string => `clerk2-${mainOfficeOf(regionCode)}`;
export const ministryPerson = `ministry-${ministryOffice}`;
