import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import { findingsOf } from '../../functions/platform/errors.ts';
import { CoverageVoucher, NotRemittedEntry, RemittanceEntry } from '../../schemas/documents.ts';
import { normaliseName, PersonInput, PersonName } from '../../schemas/person.ts';
import { line, Phone, Postcode } from '../../schemas/primitives.ts';

const nameOf = (name: string) => PersonInput.shape.name.safeParse(name);

describe('names', () => {
  test.each(['\u2022', '\u30fb', '\u2027', '\uff65', '\u00b7'])('the dot %j of a minority name becomes U+00B7', (dot) => {
    expect(nameOf(`阿卜杜拉${dot}测试`).data).toBe('阿卜杜拉\u00b7测试');
  });

  test('Kangxi radicals become their characters', () => {
    expect(nameOf('\u2f39\u2f64').data).toBe('彐用');
    expect(normaliseName('\u2f00')).toBe('一');
  });

  test.each([
    ['private use', '测\ue000'],
    ['private use beyond the first plane', '测\u{f0000}'],
    ['a control character', '测\u0007试'],
    ['half a surrogate pair', '测\ud842'],
    ['nothing', ''],
    ['spaces only', '  '],
    ['51 characters', '测'.repeat(51)],
  ])('with %s is refused, Chinese first', (_case, name) => {
    const { error } = nameOf(name);
    expect(findingsOf(error!)[0]?.reason).toMatch(/^姓名.+ \(.+\)$/);
  });

  test('a rare character outside the first plane counts as one', () => {
    expect(nameOf('\u{20000}'.repeat(50)).success).toBe(true);
  });

  test('in a message is refused when it is not normalised: what is signed is what is stored', () => {
    expect(PersonName.safeParse('阿卜杜拉\u2022测试').success).toBe(false);
    expect(PersonName.safeParse(' 测试甲').success).toBe(false);
  });

  test('normalising twice changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => normaliseName(normaliseName(text)) === normaliseName(text)));
  });
});

describe('lines of text', () => {
  test('are trimmed', () => expect(line(5).parse('  测试 ')).toBe('测试'));

  test.each([
    ['empty', ' ', '不得为空 (must not be empty)'],
    ['too long', '一二三四五六', '不得超过5个字符 (at most 5 characters)'],
    ['a line break', '一\n二', '不得含控制字符 (no control characters)'],
    ['half a surrogate pair', '一\ud842', '不得含控制字符 (no control characters)'],
  ])('%s are refused', (_case, text, reason) => {
    expect(findingsOf(line(5).safeParse(text).error!)).toEqual([expect.objectContaining({ reason })]);
  });

  test('every accepted line has a canonical form to sign', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = line(100).safeParse(text);
        if (parsed.success) expect(JSON.parse(canonicalJson(parsed.data))).toBe(parsed.data);
      }),
    );
  });
});

describe('numbers of the outside world', () => {
  const voucher = CoverageVoucher.shape.number;
  test.each(['（浙）（杭州市）（2026）第 000123 号', '（新）（博尔塔拉蒙古自治州）（2016）第 999999 号'])(
    'voucher %s is accepted',
    (text) => {
      expect(voucher.safeParse(text).success).toBe(true);
    },
  );
  test.each([
    '(浙)(杭州市)(2026)第 000123 号',
    '（浙）（杭州市）（2026）第000123号',
    '（浙江）（杭州市）（2026）第 000123 号',
    '（浙）（杭州市）（1999）第 000123 号',
    '（浙）（杭州市）（2026）第 00123 号',
    '（Z）（杭州市）（2026）第 000123 号',
  ])('voucher %s is refused', (text) => expect(voucher.safeParse(text).success).toBe(false));

  test.each(['13800000000', '0571-12345001', '057112345001', '028-12345001', '010-12345678-1234', '12393'])(
    'phone %s is accepted',
    (text) => {
      expect(Phone.safeParse(text).success).toBe(true);
    },
  );
  test.each(['12800000000', '1380000000', '571-12345001', '110', '+8613800000000', '0571 12345001', '１３８００００００００'])(
    'phone %s is refused',
    (text) => expect(Phone.safeParse(text).success).toBe(false),
  );
  test.each(['31000', '3100000', '31000a'])('postcode %s is refused', (text) => expect(Postcode.safeParse(text).success).toBe(false));
});

describe('money', () => {
  const entry = { amountFen: 1, bankReference: 'CD20260302000001', remittedOn: '2026-02-25' };
  test.each([
    ['amountFen', { amountFen: 0 }],
    ['bankReference', { bankReference: '12 345 6' }],
    ['bankReference', { bankReference: '12345' }],
    ['remittedOn', { remittedOn: '2026-02-30' }],
    ['', { payee: '别的账户' }],
  ])('a remittance with a bad %s names it: the payee is never typed (B10)', (field, said) => {
    const { error } = RemittanceEntry.safeParse({ ...entry, ...said });
    expect(findingsOf(error!).map((found) => found.field)).toEqual([field]);
  });

  test('a local rule must be quoted (B11)', () => {
    expect(NotRemittedEntry.safeParse({ reason: 'local-rule', note: '杭医保〔2020〕1号' }).success).toBe(true);
    expect(findingsOf(NotRemittedEntry.safeParse({ reason: 'local-rule' }).error!)).toEqual([
      { field: 'note', code: 'custom', reason: '依地方规定不划转的须写明依据 (a local rule must be quoted)' },
    ]);
  });
});
