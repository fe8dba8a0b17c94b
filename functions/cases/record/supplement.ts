import type { TransferInCase } from '../../../schemas/cases.ts';
import { type CalendarDate, IdNumber } from '../../../schemas/primitives.ts';
import type { FieldError } from '../../../schemas/problems.ts';
import type { RecordSupplement } from '../../../schemas/record.ts';
import { finding } from '../../platform/errors.ts';
import { found } from '../decisions.ts';
import { periodsFindings } from '../table.ts';

const MAX_ROWS = 400;
const MAX_BYTES = 100 * 1024;

/** What is wrong with what a clerk adds to the record (S94 7.3; B14); rows are judged as those of an information table are (B8). */
export function supplementFindings(state: TransferInCase, supplement: RecordSupplement, today: CalendarDate): FieldError[] {
  const { periods } = supplement;
  const saysNothing = periods.length === 0 && Object.values(supplement.fields ?? {}).every((value) => value === undefined);
  return found([
    saysNothing && finding('periods', 'missing', '须填写参保时段或补充信息 (give periods or fields)'),
    tooMuch(state, supplement) &&
      finding(
        'periods',
        'too_big',
        `本业务的补充信息合计不得超过${MAX_ROWS}行或100 KB (all supplements of the case: at most ${MAX_ROWS} rows and 100 KB)`,
      ),
    ...periodsFindings(periods, today),
    ...officeFindings(state, supplement),
    ...employmentFindings(state, supplement, today),
  ]);
}

/** They lie in the row of the case, which must keep room for what the hand-over still brings. */
function tooMuch({ supplements = [] }: TransferInCase, supplement: RecordSupplement): boolean {
  const all = [...supplements, supplement];
  const rows = all.reduce((sum, { periods }) => sum + periods.length, 0);
  return rows > MAX_ROWS || Buffer.byteLength(JSON.stringify(all)) > MAX_BYTES;
}

/**
 * Whoever's material it is: months of another region come by its table alone, which two clerks there have seen; handed in here they would be
 * counted as local.
 */
function officeFindings({ region, office }: TransferInCase, { periods }: RecordSupplement): (FieldError | false)[] {
  // 330100 is the city 3301, 510000 the province 51: offices of counties and districts have longer codes below these.
  const division = region.replace(/(00)+$/, '');
  return periods.map(
    ({ officeCode }, i) =>
      officeCode !== office &&
      !officeCode.startsWith(division) &&
      finding(
        `periods.${i}.officeCode`,
        'other_region',
        '外地参保月份只由该地信息表转入，此处须为本统筹地区经办机构 (months of elsewhere come by its table only; name an office of your region)',
      ),
  );
}

function employmentFindings({ person }: TransferInCase, { fields }: RecordSupplement, today: CalendarDate): (FieldError | false)[] {
  const date = fields?.firstEmployedOn;
  if (date === undefined) return [];
  // A card number tells no birth date.
  const born = IdNumber.safeParse(person.idNumber).data?.slice(6, 14);
  const field = 'fields.firstEmployedOn';
  return [
    date > today && finding(field, 'future', '首次就业日期在将来 (the date lies in the future)'),
    born !== undefined &&
      date.replaceAll('-', '') < born &&
      finding(field, 'before_birth', '首次就业日期早于出生日期 (before the birth date)'),
  ];
}
