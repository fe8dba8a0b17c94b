import { CalendarYear } from '../../schemas/directory.ts';
import years from './seed/years.json' with { type: 'json' };

/**
 * Years to load where the directory has none: 2010–2026 as the State Council published them, later changes included, and 2027 with the
 * statutory minimum as provisional. At run time the directory's records count, never this.
 */
export function seedYears(): CalendarYear[] {
  return CalendarYear.array().parse(years);
}
