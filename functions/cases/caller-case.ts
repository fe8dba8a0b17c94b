import type { TransferCase } from '../../schemas/cases.ts';
import type { Directory } from '../directory/reader.ts';
import type { HttpRequest } from '../platform/http.ts';
import { caseNumberIn, regionOfCaller } from './commands-api.ts';
import { caseNotFound, wrongOffice } from './refusals.ts';
import type { CaseStore } from './store.ts';

export type CallerCaseDeps = { store: Pick<CaseStore, 'readCase'>; directory: Pick<Directory, 'office'> };

/** The caller's own region's copy, if it is his office's; another region's case looks as if it did not exist. */
export async function caseOfCaller(deps: CallerCaseDeps, http: HttpRequest): Promise<TransferCase> {
  const state = await deps.store.readCase(await regionOfCaller(deps, http), caseNumberIn(http));
  if (!state) throw caseNotFound();
  if (state.office !== http.caller.office) throw wrongOffice();
  return state;
}
