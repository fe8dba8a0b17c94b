import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, MAX_LINE_BYTES, type Position, START } from '../../functions/imports/line-reader.ts';

async function* inChunks(bytes: Uint8Array, size: number, from = 0): AsyncGenerator<Uint8Array> {
  for (let at = from; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

type Said = { size?: number; from?: Position; encoding?: 'utf-8' | 'gb18030' };
/** Number, text (or what is wrong) and end of each line, in chunks of `size` bytes. */
async function read(bytes: Uint8Array, { size = 7, from = START, encoding = 'utf-8' }: Said = {}) {
  const lines: [line: number, said: string, end: number][] = [];
  for await (const { line, text, fault, end } of linesOf(inChunks(bytes, size, from.offset), from, encoding)) {
    lines.push([line, text ?? `! ${fault?.code}`, end]);
  }
  return lines;
}
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** GB 18030: a letter of one byte, 中 of two, 㐀 of four (GB 18030-2005, annex), a line feed. */
const GB = Uint8Array.from([0x41, 0xd6, 0xd0, 0x81, 0x39, 0xee, 0x39, 0x0a, 0xd6, 0xd0, 0x0d, 0x0a]);

describe('lines of a file (B12, E11)', () => {
  it('end at a line feed, with or without a carriage return; the last may lack both (B12, E11)', async () => {
    expect(await read(utf8('a\r\nb\n\nc\rd\n甲'))).toEqual([
      [1, 'a', 3],
      [2, 'b', 5],
      [3, '', 6],
      [4, 'c\rd', 10],
      [5, '甲', 13],
    ]);
    expect(await read(utf8('a\n'))).toEqual([[1, 'a', 2]]);
    expect(await read(utf8(''))).toEqual([]);
  });

  it('lose a byte-order mark at the start of the file, and nowhere else (B12, E11)', async () => {
    expect(await read(utf8('\ufeffa\n\ufeffb\n'))).toEqual([
      [1, 'a', 5],
      [2, '\ufeffb', 10],
    ]);
    const later = await read(utf8('x\n\ufeffa\n'), { from: { offset: 2, line: 1 } });
    expect(later).toEqual([[2, '\ufeffa', 7]]);
  });

  it('are decoded whole, wherever a chunk ends: GB 18030 with one, two and four bytes (B12)', async () => {
    for (let size = 1; size <= GB.length; size += 1) {
      expect(await read(GB, { size, encoding: 'gb18030' })).toEqual([
        [1, 'A中㐀', 8],
        [2, '中', 12],
      ]);
    }
  });

  it('that are not in the encoding are named, and the next one is read (B12)', async () => {
    const cut = Uint8Array.from([...utf8('ok\n'), 0xe4, 0xb8, 0x0a, ...utf8('中\n')]);
    expect(await read(cut)).toEqual([
      [1, 'ok', 3],
      [2, '! encoding', 6],
      [3, '中', 10],
    ]);
    // The same bytes 中 in GB 18030 are no UTF-8, and a lone lead byte is no GB 18030.
    expect(await read(GB)).toEqual([
      [1, '! encoding', 8],
      [2, '! encoding', 12],
    ]);
    expect(await read(Uint8Array.from([0xd6, 0x0a, 0x41, 0x0a]), { encoding: 'gb18030' })).toEqual([
      [1, '! encoding', 2],
      [2, 'A', 4],
    ]);
  });

  it('that are too long are named, and the next one is read; the longest is read (B12, E11)', async () => {
    const long = 'x'.repeat(MAX_LINE_BYTES);
    const lines = await read(utf8(`${long}\n${long}y\nz\n`), { size: 64 * 1024 });
    expect(lines.map(([line, said]) => [line, said.length > 20 ? said.length : said])).toEqual([
      [1, MAX_LINE_BYTES],
      [2, '! too_long'],
      [3, 'z'],
    ]);
    expect(lines.at(-1)?.[2]).toBe(2 * MAX_LINE_BYTES + 5);
  });

  it('are the same from any line end on, whatever the chunks (E11)', async () => {
    const piece = fc.constantFrom('a', '中', '𠀀', '\r', '\n', '\r\n', '\ufeff', '"', ',');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, one, other) => {
          const bytes = utf8(all.join(''));
          const whole = await read(bytes, { size: one });
          for (const [index, [line, , end]] of whole.entries()) {
            expect(await read(bytes, { size: other, from: { offset: end, line } })).toEqual(whole.slice(index + 1));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
