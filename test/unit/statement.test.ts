import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../functions/money/check-statement.ts';
import { readHeader, readLine } from '../../functions/money/statement.ts';
import type { FileLine } from '../../functions/platform/lines.ts';
import { STATEMENT_COLUMNS, StatementLine } from '../../schemas/money.ts';
import { CalendarDate } from '../../schemas/primitives.ts';

const TODAY = CalendarDate.parse('2026-03-05');
const HEADER = '收款账号,入账日期,金额(分),流水号,付款人,附言';
const COLUMNS = ['account', 'valueDate', 'amountFen', 'bankReference', 'payer', 'remark'] as const;

/** A good line, in which a test puts other cells. */
const cells = {
  account: '123456789012',
  valueDate: '2026-03-02',
  amountFen: '1234567',
  bankReference: 'CD20260302000001',
  payer: '成都市医保基金专户（演示）',
  remark: '转移 测试甲一号',
};
const text = (said: Partial<Record<keyof typeof cells, string>> = {}): string => Object.values({ ...cells, ...said }).join(',');
const read = (line: string) => readLine(COLUMNS, { line: 7, text: line }, TODAY);
const codesOf = (line: string): string[] => (read(line).errors ?? []).map(({ field, code }) => `${field} ${code}`);
const header = (line: string): string[] => (readHeader(line).errors ?? []).map(({ line: n, field, code }) => `${n} ${field} ${code}`);

describe('the header of a statement (B12)', () => {
  it('takes the bank’s names and the fields’ own, in any order, brackets of either width, with a byte-order mark (B12)', () => {
    expect(readHeader(HEADER).value).toEqual(COLUMNS);
    expect(readHeader(`\ufeff${HEADER.replace('(分)', '（分）')}`).value).toEqual(COLUMNS);
    expect(readHeader(' 流水号 ,"金额(分)",payer,account,入账日期').value).toEqual([
      'bankReference',
      'amountFen',
      'payer',
      'account',
      'valueDate',
    ]);
  });

  it.each(StatementLine.keyof().options)('misses the column %s, unless it is the remark; refuses it twice (B12)', (column) => {
    const names = StatementLine.keyof().options.map((name) => STATEMENT_COLUMNS[name]);
    const without = names.filter((name) => name !== STATEMENT_COLUMNS[column]);
    expect(header(without.join(','))).toEqual(column === 'remark' ? [] : [`1 ${column} missing`]);
    expect(header([...names, column].join(','))).toEqual([`1 ${column} doubled`]);
  });

  it('refuses an unknown column by its place, and never quotes it: a file without a header begins with data (B12, F4)', () => {
    expect(header(`${HEADER},余额`)).toEqual(['1 header unknown']);
    const { errors = [] } = readHeader(text());
    expect(errors.length).toBeGreaterThan(0);
    for (const { reason } of errors) for (const cell of Object.values(cells)) expect(reason).not.toContain(cell);
  });

  it.each(['金额', '金额(元)', '金额（元）', '交易金额'])('says of a column “%s” that amounts are whole fen (B12)', (name) => {
    expect(header(HEADER.replace('金额(分)', name))).toEqual(['1 amountFen in_yuan', '1 amountFen missing']);
  });

  it.each(['', ' '])('is missed in an empty file (B12)', (line) => {
    expect(header(line)).toContain('1 account missing');
  });
});

describe('a line of a statement (B12)', () => {
  it('is read with its cells trimmed of what banks pad them with, quotes taken off (B12)', () => {
    const line = { account: '123456789012', valueDate: '2026-03-02', amountFen: 1234567, bankReference: 'CD20260302000001' };
    const payer = '成都市医保基金专户（演示）';
    expect(read(text()).value).toEqual({ ...line, payer, remark: '转移 测试甲一号' });
    expect(read('\t123456789012\t, 2026-03-02,0001234567 ,"CD20260302000001",成都市医保基金专户（演示）,').value).toEqual({
      ...line,
      payer,
    });
    expect(read(text({ payer: '"甲, 乙 ""丙"""' })).value?.payer).toBe('甲, 乙 "丙"');
    expect(read(`${text()}\r`).value?.remark).toBe('转移 测试甲一号');
  });

  // What each is by the words of the issue: in yuan, with decimals, negative, absurd.
  it.each([
    ['105.50', 'in_yuan'],
    ['105.5', 'in_yuan'],
    ['105.505', 'decimals'],
    ['105.', 'decimals'],
    ['¥105', 'in_yuan'],
    ['￥105', 'in_yuan'],
    ['105元', 'in_yuan'],
    ['CNY105', 'in_yuan'],
    ['-105', 'negative'],
    ['－105', 'negative'],
    ['(105)', 'negative'],
    ['-105.50', 'negative'],
    ['0', 'zero'],
    ['000', 'zero'],
    ['"1,234"', 'separator'],
    ['"1,234.50"', 'separator'],
    ['10000000001', 'too_big'],
    ['99999999999999999999999', 'too_big'],
    ['一百', 'not_a_number'],
    ['１０５', 'not_a_number'],
    ['1e5', 'not_a_number'],
    ['0x1F', 'not_a_number'],
    ['+105', 'not_a_number'],
    ['1 050', 'not_a_number'],
    ['', 'missing'],
  ])('refuses the amount %s as %s (B12)', (amountFen, code) => {
    expect(codesOf(text({ amountFen }))).toEqual([`amountFen ${code}`]);
  });

  it('takes the largest amount there can be, and one fen (B12)', () => {
    expect(read(text({ amountFen: '10000000000' })).value?.amountFen).toBe(10_000_000_000);
    expect(read(text({ amountFen: '1' })).value?.amountFen).toBe(1);
  });

  it.each([
    [{ valueDate: '2026-02-30' }, 'valueDate invalid_format'],
    [{ valueDate: '20260302' }, 'valueDate invalid_format'],
    [{ valueDate: '' }, 'valueDate invalid_type'],
    [{ valueDate: '2026-03-06' }, 'valueDate future'],
    [{ account: '12345678' }, 'account invalid_format'],
    [{ account: '1234 5678 9012' }, 'account invalid_format'],
    [{ account: '1.23457E+11' }, 'account invalid_format'],
    [{ account: '' }, 'account invalid_type'],
    [{ bankReference: 'CD1' }, 'bankReference invalid_format'],
    [{ bankReference: 'CD2026_0302' }, 'bankReference invalid_format'],
    [{ bankReference: '' }, 'bankReference invalid_type'],
    [{ payer: '' }, 'payer invalid_type'],
    [{ payer: '长'.repeat(101) }, 'payer too_big'],
    [{ remark: '长'.repeat(201) }, 'remark too_big'],
    [{ remark: 'a\u0007b' }, 'remark invalid_format'],
  ])('refuses %o with the field and a code (B12)', (said, expected) => {
    expect(codesOf(text(said))).toEqual([expected]);
  });

  it('takes money of today (B12)', () => {
    expect(read(text({ valueDate: TODAY })).value?.valueDate).toBe(TODAY);
  });

  it.each([
    ['a quote that is never closed, as before a line break within it', text({ remark: '"转移' }), ' open_quote'],
    ['a quote within a cell', text({ remark: '转"移' }), ' stray_quote'],
    ['text after a closing quote', text({ remark: '"转"移' }), ' stray_quote'],
    ['a column too few', Object.values(cells).slice(1).join(','), ' columns'],
    ['a column too many', `${text()},1`, ' columns'],
    ['another separator', text().replaceAll(',', ';'), ' columns'],
    ['a line break within quotes', text({ remark: '"转\n移"' }), 'remark invalid_format'],
    ['two lines in one', `${text()}\n${text()}`, ' open_quote'],
  ])('refuses %s (B12)', (_, line, expected) => {
    expect(codesOf(line)).toEqual([expected]);
  });

  it('names every field that is wrong, with the line, Chinese first, and quotes no value (B12, F4)', () => {
    const { errors = [] } = read(text({ account: '12', valueDate: '2026-13-01', amountFen: '105.50', bankReference: '?' }));
    expect(errors.map(({ line, field }) => `${line} ${field}`)).toEqual(['7 amountFen', '7 account', '7 valueDate', '7 bankReference']);
    for (const { reason } of errors) {
      expect(reason).toMatch(/^\p{Script=Han}/u);
      expect(reason).not.toMatch(/105|2026-13/);
    }
  });
});

describe('a whole statement (B12)', () => {
  const numbered = (lines: readonly string[]): FileLine[] => lines.map((line, i) => ({ line: i + 1, text: line }));
  const check = async (...lines: string[]) =>
    (await checkStatement(lines[0] ?? '', numbered(lines), TODAY)).map(({ line, field, code }) => `${line} ${field} ${code}`);
  const nth = (n: number, said = {}) => text({ bankReference: `CD2026030200${String(n).padStart(4, '0')}`, ...said });

  it('is in order with blank lines at its end, with no money at all, and with its header among the lines or not (B12)', async () => {
    expect(await check(HEADER, nth(1), nth(2), '', ' ', '')).toEqual([]);
    expect(await check(HEADER)).toEqual([]);
    expect(await checkStatement(HEADER, numbered([HEADER, nth(1)]).slice(1), TODAY)).toEqual([]);
  });

  it('is refused for its header alone, whatever the lines say (B12)', async () => {
    expect(await check('a,b', nth(1))).toEqual([
      '1 header unknown',
      '1 header unknown',
      '1 account missing',
      '1 valueDate missing',
      '1 amountFen missing',
      '1 bankReference missing',
      '1 payer missing',
    ]);
  });

  it('names the line of each error, counted with the header (B12)', async () => {
    expect(await check(HEADER, nth(1), nth(2, { amountFen: '105.50' }), '', nth(3, { valueDate: '2026-02-30' }))).toEqual([
      '3 amountFen in_yuan',
      '5 valueDate invalid_format',
    ]);
  });

  it('refuses a line that repeats another of the file and names the earlier one, however its amount is written (B12)', async () => {
    expect(await check(HEADER, nth(1), nth(2), nth(1, { payer: '另一付款人', amountFen: '01234567' }))).toEqual([
      '4 bankReference repeated',
    ]);
    const [error] = await checkStatement(HEADER, numbered([HEADER, nth(1), nth(2), nth(1)]), TODAY);
    expect(error?.reason).toContain('第2行');
  });

  it('takes one reference twice on two days, or with two amounts: the queue tells which is whose (B12)', async () => {
    expect(await check(HEADER, nth(1), nth(1, { valueDate: '2026-03-03' }), nth(1, { amountFen: '1' }))).toEqual([]);
  });

  it('stops at a hundred errors and reads no further (B12)', async () => {
    let taken = 0;
    function* lines(): Generator<FileLine> {
      for (let line = 2; line < 1_000; line += 1) {
        taken += 1;
        yield { line, text: nth(line, { amountFen: '-1', account: '1' }) };
      }
    }
    const errors = await checkStatement(HEADER, lines(), TODAY);
    expect(errors).toHaveLength(100);
    expect(errors.at(-1)).toMatchObject({ line: 51 });
    expect(taken).toBe(50);
  });
});
