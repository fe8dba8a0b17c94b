import * as z from 'zod';
import { parseOrRefuse } from '../platform/errors.ts';
import type { HttpRequest } from '../platform/http.ts';

/** The cursor is the index key of the last row, which holds no personal data. */
const Cursor = z.object({ PK: z.string(), SK: z.string(), workOffice: z.string(), workDue: z.string() });
export type WorkCursor = z.infer<typeof Cursor>;

/** `nextCursor` of a page of the index `workList`. */
export const cursorOf = (next: Record<string, unknown> | undefined): string | undefined =>
  next && Buffer.from(JSON.stringify(next)).toString('base64url');

/** Where the page that is asked for begins in `queue` (`workOffice` of its rows); a cursor of another queue is refused. */
export function cursorIn({ query }: Pick<HttpRequest, 'query'>, queue: string): WorkCursor | undefined {
  const text = query.cursor;
  if (text === undefined) return undefined;
  const decoded = z
    .string()
    .transform((cursor, context): unknown => {
      try {
        return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
      } catch {
        context.addIssue({ code: 'custom', message: '游标无效 (the cursor is not valid)' });
        return z.NEVER;
      }
    })
    .pipe(Cursor.extend({ workOffice: z.literal(queue) }));
  return parseOrRefuse(z.object({ cursor: decoded }), { cursor: text }, 'request.invalid').cursor;
}
