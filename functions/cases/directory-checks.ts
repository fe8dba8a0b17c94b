import type { Office, Region } from '../../schemas/directory.ts';
import type { DatedPayee } from '../../schemas/documents.ts';
import type { Person } from '../../schemas/person.ts';
import { IdNumber } from '../../schemas/primitives.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Context } from './commands.ts';
import { officeOfCallerUnknown } from './refusals.ts';

/** What steps need of the directory, or a refusal that says what is missing and whom to ask. `field` names the other region in the request. */

/** The region at the other end, able to receive, and its office. */
export function recipient({ counterpart, counterpartOffice }: Context, field: string): { counterpart: Region; counterpartOffice: Office } {
  if (!counterpart)
    throw new Refusal('recipient.unknown', [finding(field, 'unknown', '目录中没有该统筹地区 (no such region in the directory)')]);
  if (!counterpart.inboxUrl)
    throw new Refusal('recipient.not-connected', [finding(field, 'not_connected', '该统筹地区没有收件箱 (the region has no inbox)')]);
  if (!counterpartOffice) {
    const reason = '目录中没有对方地区的经办机构，请联系目录管理方补录 (the directory has no office of the other region: have it added)';
    throw new Refusal('directory.office-unknown', [finding(field, 'no_office', reason)]);
  }
  return { counterpart, counterpartOffice };
}

/**
 * 尚未将身份证号码作为唯一识别码的，填写其他编号 (S191 annex *): software of a release that could not say which messages it takes knows ID numbers only,
 * and would put a message about a card number into quarantine (B22).
 */
export const takesNumberOf = ({ messages }: Region, { idNumber }: Person): boolean =>
  messages !== undefined || IdNumber.safeParse(idNumber).success;

/** Refuses what is said of persons whose numbers the other region does not take; `persons` by field. */
export function assertTakesNumbers(counterpart: Region, persons: Record<string, Person | undefined>): void {
  const wrong = Object.entries(persons).filter(([, person]) => person && !takesNumberOf(counterpart, person));
  if (wrong.length === 0) return;
  const reason = '对方系统只能按身份证号办理，请以纸质方式办理 (the other region’s software knows ID numbers only: use paper)';
  throw new Refusal(
    'recipient.version',
    wrong.map(([field]) => finding(`${field}.idNumber`, 'version', reason)),
  );
}

/** The account of this region for balances, in the present version of the directory (S94 6.2). */
export function ownPayee({ region }: Context): DatedPayee {
  if (!region.payee) {
    const reason =
      '目录中没有本统筹地区的收款账户，请联系目录管理方补录 (the directory has no payee account of your region: have it added)';
    throw new Refusal('directory.payee-missing', [finding('region.payee', 'missing', reason)]);
  }
  return { ...region.payee, directoryVersion: region.version };
}

/** The caller's own office. */
export function ownOffice({ office }: Context): Office {
  if (!office) throw officeOfCallerUnknown();
  return office;
}
