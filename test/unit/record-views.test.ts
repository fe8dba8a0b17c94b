import { describe, expect, test } from 'vitest';
import type { Folded } from '../../functions/cases/evolve.ts';
import type { TimelineEntry } from '../../schemas/cases.ts';
import { type CaseCall, CHENGDU_OTHER_OFFICE, caseApi, caseStoreInMemory, OTHER_OFFICE } from '../support/case-api.ts';
import { CASE_NUMBER, IN_STEPS, move, NOW } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';

const CASE = 'GET /v1/cases/{caseNumber}';
const TIMELINE = 'GET /v1/cases/{caseNumber}/timeline';

/** Hangzhou's copy with its first three entries; what is asked, and the views that were logged. */
async function asking(route: string, said: CaseCall = {}) {
  const memory = caseStoreInMemory();
  const entries: TimelineEntry[] = [];
  let state: Folded;
  for (const step of IN_STEPS.slice(0, 3)) {
    const moved = move(state, step);
    state = moved.state;
    entries.push(moved.entry);
  }
  if (!state) throw new Error('no case');
  memory.put(state);
  memory.timelines.set(`${HANGZHOU}#${CASE_NUMBER}`, entries);
  const { send, lines } = caseApi(memory.store);
  const { status } = await send(route, { caseNumber: CASE_NUMBER, ...said });
  return { status, views: lines.filter(({ code }) => code === 'record.viewed') };
}

describe('F3: every view of a record is logged: who, which case', () => {
  test.each<[string, string, CaseCall]>([
    ['the case', CASE, {}],
    ['the case as it was', CASE, { query: { at: NOW } }],
    ['the timeline', TIMELINE, {}],
    ['the timeline by a supervisor', TIMELINE, { role: 'supervisor' }],
    ['the case by a system', CASE, { role: 'system' }],
  ])('%s', async (_case, route, said) => {
    const role = said.role ?? 'clerk';
    expect(await asking(route, said)).toEqual({
      status: 200,
      views: [
        {
          level: 'info',
          code: 'record.viewed',
          fields: { caseNumber: CASE_NUMBER, region: HANGZHOU, office: HANGZHOU_OFFICE, role, subject: `${HANGZHOU_OFFICE}-${role}` },
        },
      ],
    });
  });

  test.each<[string, number, string, CaseCall]>([
    ['by another office of the region', 403, CASE, { office: OTHER_OFFICE }],
    ['by another region', 404, TIMELINE, { office: CHENGDU_OTHER_OFFICE }],
    ['of a time before the case', 404, CASE, { query: { at: '2020-01-01T00:00:00.000Z' } }],
    ['of no time', 400, CASE, { query: { at: 'yesterday' } }],
  ])('a view that is refused shows nothing and is none: %s', async (_case, status, route, said) => {
    expect(await asking(route, said)).toEqual({ status, views: [] });
  });

  test('the work list shows no person', async () => {
    expect(await asking('GET /v1/work-list')).toEqual({ status: 200, views: [] });
  });
});
