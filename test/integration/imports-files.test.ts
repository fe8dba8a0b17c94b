import { CreateBucketCommand, ListObjectsV2Command, S3ServiceException } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bytesFrom, s3Files } from '../../functions/imports/files.ts';
import { HANGZHOU } from '../support/documents.ts';
import { digest, importNumber } from '../support/imports.ts';
import { awsAccount, plainClients } from '../support/network-aws.ts';
import '../support/network-vitest.ts';
import { untouched } from '../support/untouched.ts';

const BUCKET = 'jiexu-imports-of-a-test';
const MEGABYTE = 1024 * 1024;
const clients = plainClients(awsAccount(inject('awsEndpoint')));
const files = s3Files(clients.s3, BUCKET);
const at = (n: number) => ({ region: HANGZHOU, importNumber: importNumber(n) });

beforeAll(async () => {
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
afterAll(() => {
  for (const client of Object.values(clients)) client.destroy();
});

/** Bytes that tell where they stand. */
const pattern = (length: number): Buffer => Buffer.from(Uint32Array.from({ length: Math.ceil(length / 4) }, (_, i) => i).buffer, 0, length);

async function upload(n: number, bytes: Buffer, said: Record<string, string> = {}): Promise<Response> {
  const { url, headers } = await files.uploadLink(at(n), { sha256: digest(bytes), bytes: bytes.length });
  expect(headers['content-length']).toBe(String(bytes.length));
  const { 'content-length': _, ...rest } = headers;
  return fetch(url, { method: 'PUT', headers: { ...rest, ...said }, body: bytes });
}

describe('files that are handed in (B12, E11)', () => {
  test('go to a link that lives ten minutes and whose address holds numbers only (F4, E11)', async () => {
    const { url, headers } = await files.uploadLink(at(1), { sha256: digest(Buffer.from('a')), bytes: 1 });
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe(`/${BUCKET}/imports/${HANGZHOU}/${importNumber(1)}/file`);
    expect(searchParams.get('X-Amz-Expires')).toBe('600');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-checksum-sha256');
    // SHA-256 of the letter a (FIPS 180, as any tool prints it), in base64.
    expect(headers['x-amz-checksum-sha256']).toBe(
      Buffer.from('ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', 'hex').toString('base64'),
    );
  });

  test('are as long as they are, once they are there (E11)', async () => {
    expect(await files.size(at(2))).toBeUndefined();
    expect((await upload(2, pattern(1_000))).ok).toBe(true);
    expect(await files.size(at(2))).toBe(1_000);
  });

  test('cannot be put by a link of another file, or without the hash that was signed (E11)', async () => {
    expect((await upload(3, pattern(1_000), { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') })).ok).toBe(false);
    expect(await files.size(at(3))).toBeUndefined();
  });

  test('are not there for who may not list them, where S3 says 403; any other fault is one (E11)', async () => {
    const saying = (httpStatusCode: number) => {
      const error = new S3ServiceException({ name: 'x', $fault: 'client', $metadata: { httpStatusCode } });
      return s3Files(untouched<typeof clients.s3>('s3', { send: () => Promise.reject(error) }), BUCKET).size(at(1));
    };
    expect([await saying(403), await saying(404)]).toEqual([undefined, undefined]);
    await expect(saying(503)).rejects.toThrow(S3ServiceException);
  });

  test('are read from any byte on, a few megabytes at a time (E11)', async () => {
    const whole = pattern(9 * MEGABYTE + 3);
    await upload(4, whole);
    for (const offset of [0, 1, 4 * MEGABYTE - 1, 4 * MEGABYTE, whole.length - 1, whole.length]) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytesFrom(files, at(4), offset, whole.length)) chunks.push(chunk);
      expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(4 * MEGABYTE);
      expect(Buffer.concat(chunks).equals(whole.subarray(offset))).toBe(true);
    }
  });
});

describe('results of parts (E11)', () => {
  const joined = async (n: number) => {
    const answer = await fetch(await files.resultLink(at(n)));
    return { text: await answer.text(), name: answer.headers.get('content-disposition') };
  };

  test('are one file in their order, under the name of the import; a part that is written again counts once (E11)', async () => {
    for (const [part, text] of ['{"line":1}\n', 'old', '{"line":3}\n', '{"line":2}\n'].entries()) await files.putPart(at(5), part, text);
    await files.putPart(at(5), 1, '{"line":2}\n');
    await files.joinParts(at(5), 3);
    expect(await joined(5)).toEqual({
      text: '{"line":1}\n{"line":2}\n{"line":3}\n',
      name: `attachment; filename="${importNumber(5)}.jsonl"`,
    });
  });

  test('of which there is none are an empty file (E11)', async () => {
    await files.joinParts(at(6), 0);
    expect((await joined(6)).text).toBe('');
  });

  test.each([
    ['one piece', [8 * MEGABYTE]],
    ['two pieces', [8 * MEGABYTE, 5]],
    ['several pieces, each long enough for S3', [3 * MEGABYTE, 6 * MEGABYTE, 9 * MEGABYTE, 1, MEGABYTE]],
  ])('are joined in %s, and again with the same outcome (E11)', async (_what, lengths) => {
    const n = 10 + lengths.length;
    const parts = lengths.map((length, i) => String.fromCharCode(97 + i).repeat(length));
    for (const [i, text] of parts.entries()) await files.putPart(at(n), i, text);
    await files.joinParts(at(n), parts.length);
    await files.joinParts(at(n), parts.length);
    expect((await joined(n)).text === parts.join('')).toBe(true);
  });

  test('and files lie under the import’s own prefix and nowhere else (E11)', async () => {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.length).toBeGreaterThan(5);
    for (const { Key } of Contents) {
      expect(Key).toMatch(/^imports\/330100\/33010001-20260302-\d{6}-\d\/(file|result\.jsonl|parts\/\d{8}\.jsonl)$/);
    }
  });
});
