import { NOTICE_NAMES, NoticesView } from '../../schemas/notices.ts';
import { chinaDate } from '../calendar/china-time.ts';
import type { Directory } from '../directory/reader.ts';
import type { Clock } from '../platform/clock.ts';
import type { RouteHandler } from '../platform/http.ts';
import { regionOfCaller } from './commands-api.ts';
import { noticeQueue } from './keys.ts';
import type { NoticeStore } from './notice-store.ts';
import { cursorIn, cursorOf } from './work-cursor.ts';

export type NoticesApiDeps = { directory: Pick<Directory, 'office'>; clock: Clock; notices: NoticeStore };

/** Handler of the queue of notices (B15), by route key. */
export const noticeHandlers = (deps: NoticesApiDeps): [string, RouteHandler][] => [['GET /v1/notices', queueHandler(deps)]];

const PAGE = 25;

/** 告知: what the caller's office has still to tell somebody, of cases and of vouchers. Where the address is, `caseNumber` or `voucherId` says. */
const queueHandler =
  (deps: NoticesApiDeps): RouteHandler =>
  async (http) => {
    const { office } = http.caller;
    await regionOfCaller(deps, http);
    const { notices, next } = await deps.notices.due(office, chinaDate(deps.clock.now()), PAGE, cursorIn(http, noticeQueue(office)));
    const items = notices.map(({ notice, to, caseNumber, voucherId, dueOn, publishedAt }) => ({
      notice,
      name: NOTICE_NAMES[notice],
      to,
      caseNumber,
      voucherId,
      dueOn,
      publishedAt,
    }));
    return { status: 200, body: NoticesView.parse({ office, items, nextCursor: cursorOf(next) }) };
  };
