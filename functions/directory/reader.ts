import type { Office, Region } from '../../schemas/directory.ts';
import type { RegionalRules } from '../../schemas/entitlement.ts';
import type { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { type Calendar, calendarOf } from '../calendar/working-days.ts';
import type { Clock } from '../platform/clock.ts';
import { type Cached, cached } from './cache.ts';
import type { DirectoryStore } from './store.ts';

/** The directory as cases and exchange read it; at most a minute old, the calendar at most ten. */
export type Directory = {
  region(code: RegionCode): Promise<Region | undefined>;
  office(code: OfficeCode): Promise<Office | undefined>;
  /** Working days as the region counts them. */
  calendar(region: RegionCode): Promise<Calendar>;
  /** Every version of a region's own rules, oldest first; none where it has stated none (A14). */
  rules(region: RegionCode): Promise<readonly RegionalRules[]>;
  /**
   * What an assessment used, read from the versions kept: a region's rules, and the years of the calendar by their versions (A14). Undefined where
   * it used none. Never cached: a version that was stored a moment ago must be found. Throws an Error for a version that is not there.
   */
  pastRules(region: RegionCode, version: number | undefined): Promise<RegionalRules | undefined>;
  pastCalendar(versions: Readonly<Record<string, number>> | undefined): Promise<Calendar | undefined>;
  /** Forgets one region, for a signature that does not fit: the sender may have rotated its keys since. Anybody's bad message costs one read. */
  refresh(region: RegionCode): void;
};

export type DirectoryDeps = {
  store: Pick<DirectoryStore, 'getRegion' | 'getOffice' | 'getCalendarYears' | 'getCalendarYear' | 'getRules'>;
  clock: Clock;
  ttlSeconds?: number;
};

const TTL_SECONDS = 60;
const CALENDAR_TTL_SECONDS = 600;
/** Short, since whoever misses a record is often about to enter it. */
const MISSING_TTL_SECONDS = 5;

/** A cached reader; one per process. A record that cannot be reloaded is served as it last was, since a case cannot wait for the directory. */
export function createDirectory({ store, clock, ttlSeconds = TTL_SECONDS }: DirectoryDeps): Directory {
  const ttlOf = (record: unknown) => (record === undefined ? Math.min(MISSING_TTL_SECONDS, ttlSeconds) : ttlSeconds);
  const regions: Cached<RegionCode, Region | undefined> = cached(clock, store.getRegion, ttlOf);
  const offices: Cached<OfficeCode, Office | undefined> = cached(clock, store.getOffice, ttlOf);
  // One calendar for the nation: no region has days of its own in the directory yet.
  const calendars: Cached<'national', Calendar> = cached(
    clock,
    async () => calendarOf(await store.getCalendarYears()),
    (calendar) => (calendar.years.size === 0 ? MISSING_TTL_SECONDS : CALENDAR_TTL_SECONDS),
  );
  const rules: Cached<RegionCode, readonly RegionalRules[]> = cached(clock, store.getRules, () => ttlSeconds);
  return {
    region: (code) => regions.get(code),
    office: (code) => offices.get(code),
    calendar: () => calendars.get('national'),
    rules: (code) => rules.get(code),
    async pastRules(code, version) {
      if (version === undefined) return undefined;
      return kept((await store.getRules(code)).find((candidate) => candidate.version === version));
    },
    async pastCalendar(versions) {
      if (versions === undefined) return undefined;
      const years = Object.entries(versions).map(async ([year, version]) => kept(await store.getCalendarYear(Number(year), version)));
      return calendarOf(await Promise.all(years));
    },
    refresh: (code) => regions.forget(code),
  };
}

/** Nothing is ever deleted from the directory, so a version that is missing is a fault of ours. */
function kept<R>(record: R | undefined): R {
  if (record === undefined) throw new Error('a version of a directory record is missing');
  return record;
}
