import { afterEach, expect, it, vi } from 'vitest';
import { s3Files } from '../../functions/imports/files.ts';
import { s3Client } from '../../functions/platform/clients.ts';
import { anImport } from '../support/imports.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const row = anImport(1, Buffer.from('a'));
const path = `imports/330100/${row.importNumber}`;

async function links(endpoint: string | undefined): Promise<string[]> {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const files = s3Files(s3Client(), 'files');
  const urls = [(await files.uploadLink(row, row)).url, await files.resultLink(row)];
  return urls.map((url) => url.replace(/\?.*/, ''));
}

it('the bucket of a link is its host on AWS, and in its path on a local AWS, which has one host (E11)', async () => {
  const onAws = 'https://files.s3.cn-north-1.amazonaws.com.cn';
  expect(await links(undefined)).toEqual([`${onAws}/${path}/file`, `${onAws}/${path}/result.jsonl`]);
  const local = 'http://localhost:4566/files';
  expect(await links('http://localhost:4566')).toEqual([`${local}/${path}/file`, `${local}/${path}/result.jsonl`]);
});
