import { describe, expect, test } from 'vitest';
import { contextFor } from '../../functions/cases/context.ts';
import type { CommandRequest } from '../../functions/cases/request.ts';
import type { CaseStore } from '../../functions/cases/store.ts';
import type { Directory } from '../../functions/directory/reader.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Office } from '../../schemas/directory.ts';
import type { OfficeCode } from '../../schemas/primitives.ts';
import { directory } from '../support/case-api.ts';
import { CASE_NUMBER, COMMANDS, caller, caseIn, messageFrom, NOW, OFFICES, REGIONS, uuid } from '../support/cases.ts';
import { application, CHENGDU, CHENGDU_OFFICE, HANGZHOU } from '../support/documents.ts';
import { untouched } from '../support/untouched.ts';

type Asked = Pick<CommandRequest, 'command' | 'actor'> & { region?: CommandRequest['region']; state?: TransferCase };

/** What a decision looks at, from a directory that a test may change; a document number must not be drawn unless it says so. */
function gather({ region = HANGZHOU, state, ...asked }: Asked, said: Partial<Directory> = {}, store: Partial<CaseStore> = {}) {
  const deps = untouched<Parameters<typeof contextFor>[0]>('deps', {
    store: untouched<CaseStore>('store', store),
    directory: { ...directory, ...said },
    clock: { now: () => NOW },
    ids: { messageId: () => uuid(1) },
  });
  return contextFor(deps, { region, caseNumber: CASE_NUMBER, occurredAt: NOW, causationId: uuid(2), ...asked }, state);
}

const open = { command: COMMANDS.open, actor: caller(HANGZHOU) };
const letter = { region: CHENGDU, command: COMMANDS['receive-letter'], actor: messageFrom(HANGZHOU) };
/** The office that voucher and letter name stands in another region now. */
const moved = async (code: OfficeCode): Promise<Office | undefined> =>
  code === CHENGDU_OFFICE ? { ...OFFICES[CHENGDU]!, region: HANGZHOU } : directory.office(code);

describe('the office that a letter goes to', () => {
  test('is known when the case is opened, before any clock runs (C5)', async () => {
    expect((await gather(open)).counterpartOffice).toEqual(OFFICES[CHENGDU]);
  });

  test('is the main office where the voucher names one of another region', async () => {
    const { voucher } = application(1);
    const elsewhere = { ...voucher, issuer: { ...voucher.issuer, office: OFFICES[HANGZHOU]!.code } };
    const command = { ...COMMANDS.open, application: { ...application(1), voucher: elsewhere } };
    expect((await gather({ ...open, command })).counterpartOffice).toEqual(OFFICES[CHENGDU]);
  });

  test('is nobody’s where the directory has the main office in another region (F1)', async () => {
    expect((await gather(open, { office: moved })).counterpartOffice).toBeUndefined();
    expect((await gather(letter, { office: moved })).office).toBeUndefined();
  });
});

test('a region that its own directory lacks is told so, not that the other one is unknown', async () => {
  const region: Directory['region'] = async (code) => (code === HANGZHOU ? undefined : REGIONS[CHENGDU]);
  await expect(gather(open, { region })).rejects.toMatchObject({ code: 'directory.region-not-found', errors: [{ field: 'region' }] });
});

describe('a document number', () => {
  const nextSequence = async () => 7;
  test('is drawn for the document that the state allows', async () => {
    const { documentNumber } = await gather(
      { command: COMMANDS['send-letter'], actor: caller(HANGZHOU), state: caseIn('accepted') },
      {},
      { nextSequence },
    );
    expect(documentNumber).toMatch(/^33010001-20260302-000007-\d$/);
  });

  test.each([
    ['in a state that allows none', caller(HANGZHOU), caseIn('opened'), 'case.wrong-state'],
    ['by another office', { ...caller(HANGZHOU), office: CHENGDU_OFFICE }, caseIn('accepted'), 'caller.wrong-office'],
    ['by a role that may not', caller(HANGZHOU, 'ministry'), caseIn('accepted'), 'caller.role-not-allowed'],
  ])('is not drawn %s', async (_case, actor, state, code) => {
    await expect(gather({ command: COMMANDS['send-letter'], actor, state })).rejects.toMatchObject({ code });
  });
});
