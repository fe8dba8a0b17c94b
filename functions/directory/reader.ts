import type { Office, Region } from '../../schemas/directory.ts';
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
  /** Forgets one region, for a signature that does not fit: the sender may have rotated its keys since. Anybody's bad message costs one read. */
  refresh(region: RegionCode): void;
};

export type DirectoryDeps = {
  store: Pick<DirectoryStore, 'getRegion' | 'getOffice' | 'getCalendarYears'>;
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
  return {
    region: (code) => regions.get(code),
    office: (code) => offices.get(code),
    calendar: () => calendars.get('national'),
    refresh: (code) => regions.forget(code),
  };
}
