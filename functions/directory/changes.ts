import type { Office, OfficeEntry, Region, RegionEntry, SigningKey } from '../../schemas/directory.ts';
import type { RegionalRules, RegionalRulesEntry } from '../../schemas/entitlement.ts';
import { BUSINESS_MESSAGE_TYPES } from '../../schemas/messages.ts';
import type { Instant, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { ProcedureId } from '../../schemas/procedures.ts';
import { canonicalJson } from '../platform/canonical.ts';
import { toInstant } from '../platform/clock.ts';
import { finding, refuse } from '../platform/errors.ts';

/** Who changes a record, when and why. `by` is an opaque subject or the name of a deployment step. */
export type Stamp = { at: Instant; by: string; reason: string };

/** What a deployment knows of a region it hosts: SPKI public key in base64. */
export type Connection = { code: RegionCode; name: string; inboxUrl: string; keyId: string; publicKey: string };

/** Retention of the inboxes: so long may a message signed with the old key still lie in one. */
const OLD_KEY_DAYS = 14;
const MS_PER_DAY = 86_400_000;

type Versioned = { version: number; changedAt: Instant; changedBy: string; reason: string };

/**
 * The next version of an office as the ministry states it; undefined when nothing but the reason would change. An office stays in its region:
 * its people would act for the other region from one moment to the next, while its cases stay behind.
 * @throws Refusal `directory.office-region-fixed`
 */
export function stateOffice(current: Office | undefined, code: OfficeCode, entry: OfficeEntry, stamp: Stamp): Office | undefined {
  if (current !== undefined && current.region !== entry.region) {
    refuse('directory.office-region-fixed', finding('region', 'fixed', '请以新的机构代码登记 (enter it under a new office code)'));
  }
  return unlessSame(current, { ...entry, code, ...versionAfter(current, stamp) });
}

/** The next version of a region as clerks and ministry state it; inbox and keys stay. Undefined when nothing would change. */
export function stateRegion(current: Region | undefined, entry: RegionEntry, stamp: Stamp): Region | undefined {
  // A statement is the whole of what people say: a region that is no longer said to be online is not.
  const { onlineSince: _, ...kept } = current ?? { signingKeys: [] };
  return unlessSame(current, { ...kept, ...entry, ...versionAfter(current, stamp) });
}

/** The next version of a region's own rules; undefined when nothing but the reason would change. */
export function stateRules(
  current: RegionalRules | undefined,
  region: RegionCode,
  entry: RegionalRulesEntry,
  stamp: Stamp,
): RegionalRules | undefined {
  return unlessSame(current, { ...entry, region, ...versionAfter(current, stamp) });
}

/**
 * The next version of a region as a deployment connects it: inbox, keys, procedures and messages that its software knows change, what people stated stays. Undefined when nothing would
 * change. A replaced key stays valid for as long as messages signed with it can lie in an inbox.
 */
export function connectRegion(current: Region | undefined, connection: Connection, stamp: Stamp): Region | undefined {
  const { code, name, inboxUrl } = connection;
  const signingKeys = withKey(current?.signingKeys ?? [], connection, stamp.at);
  const speaks = { procedures: [...ProcedureId.options], messages: [...BUSINESS_MESSAGE_TYPES] };
  return unlessSame(current, { code, name, ...current, inboxUrl, ...speaks, signingKeys, ...versionAfter(current, stamp) });
}

function withKey(keys: readonly SigningKey[], { keyId, publicKey }: Connection, now: Instant): SigningKey[] {
  const isMeant = (key: SigningKey) =>
    key.keyId === keyId && key.publicKey === publicKey && (key.validUntil === undefined || now < key.validUntil);
  const lastDay = toInstant(Date.parse(now) + OLD_KEY_DAYS * MS_PER_DAY);
  // A deployment rolled back within the fortnight takes the old key up again.
  const reopened = keys.map((key) => {
    if (!isMeant(key)) return { ...key, validUntil: key.validUntil ?? lastDay };
    const { validUntil: _ended, ...open } = key;
    return open;
  });
  return keys.some(isMeant) ? reopened : [...reopened, { keyId, publicKey, validFrom: now }];
}

const versionAfter = (current: Versioned | undefined, { at, by, reason }: Stamp): Versioned => ({
  version: (current?.version ?? 0) + 1,
  changedAt: at,
  changedBy: by,
  reason,
});

function unlessSame<R extends Versioned>(current: R | undefined, next: R): R | undefined {
  if (current === undefined) return next;
  const { version, changedAt, changedBy, reason } = current;
  return canonicalJson({ ...next, version, changedAt, changedBy, reason }) === canonicalJson(current) ? undefined : next;
}
