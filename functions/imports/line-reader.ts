import type { ImportEntry } from '../../schemas/imports.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';

/** A line of a file with the byte after it, or what is wrong with its bytes. `line` counts from 1. */
export type ReadLine = { line: number; end: number } & ({ text: string; fault?: undefined } | { text?: undefined; fault: FieldError });

/** Where reading begins: this many bytes and lines lie before. */
export type Position = { offset: number; line: number };

export const START: Position = { offset: 0, line: 0 };

/** Longer than any command or bank line; a file without line breaks must not fill the memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = '\ufeff';

const tooLong = finding('', 'too_long', '该行超过1 MB (the line is longer than 1 MB)');
const undecodable = finding('', 'encoding', '该行编码与登记的编码不符 (the line is not in the encoding that was announced)');

/**
 * Lines of a file from a position on, split at line feeds; a carriage return before one is dropped, and so is a byte-order mark at the start.
 * Bytes are split before they are decoded: neither encoding uses 0x0A within a character, so chunks may end anywhere.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  { offset, line }: Position,
  encoding: ImportEntry['encoding'],
): AsyncGenerator<ReadLine> {
  const decode = decoderOf(encoding);
  let held = emptyLine();
  let end = offset;
  let number = line;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      hold(held, chunk.subarray(from, at));
      from = at + 1;
      end += held.bytes + 1;
      number += 1;
      yield { line: number, end, ...decode(held, number) };
      held = emptyLine();
    }
    hold(held, chunk.subarray(from));
  }
  if (held.bytes > 0) yield { line: number + 1, end: end + held.bytes, ...decode(held, number + 1) };
}

type HeldLine = { pieces: Uint8Array[]; bytes: number };
const emptyLine = (): HeldLine => ({ pieces: [], bytes: 0 });

/** Of a line that is too long only the length is kept. */
function hold(held: HeldLine, piece: Uint8Array): void {
  held.bytes += piece.length;
  if (held.bytes > MAX_LINE_BYTES) held.pieces = [];
  else held.pieces.push(piece);
}

function decoderOf(encoding: ImportEntry['encoding']) {
  // Node would swallow a byte-order mark at the start of every line, where it is a character like others.
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return ({ pieces, bytes }: HeldLine, line: number): { text: string } | { fault: FieldError } => {
    if (bytes > MAX_LINE_BYTES) return { fault: tooLong };
    const whole = Buffer.concat(pieces);
    const ended = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
    try {
      const text = decoder.decode(ended);
      return { text: line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
    } catch {
      return { fault: undecodable };
    }
  };
}
