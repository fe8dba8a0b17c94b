import { createHash } from 'node:crypto';
import type { ImportKind, ImportView, ResultLine } from '../../schemas/imports.ts';
import type { OfficeCode } from '../../schemas/primitives.ts';
import type { Answer, Said, TestNetwork } from './network.ts';

/** What became of a file: the import at its end, and a result per line where there is one. */
export type Imported = { view: ImportView; results: ResultLine[] };

type Handing = { office: OfficeCode; kind: ImportKind; text: string; by?: Pick<Said, 'role' | 'person'> };

export const announce = (network: TestNetwork, { office, kind, text, by = {} }: Handing): Promise<Answer<ImportView>> => {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return network.submit(office, '/v1/imports', { body: { kind, sha256, bytes: Buffer.byteLength(text) }, ...by });
};

/** Announced, uploaded by its link, started, and read to the end, as a clerk's page does it. */
export async function importFile(network: TestNetwork, handing: Handing): Promise<Imported> {
  const { body: announced } = done(await announce(network, handing));
  const { url = '', headers = {} } = announced.upload ?? {};
  // The length that was signed is the length of the body; a client of HTTP states it by itself.
  const { 'content-length': _, ...stated } = headers;
  const uploaded = await fetch(url, { method: 'PUT', headers: stated, body: handing.text });
  if (!uploaded.ok) throw new Error(`upload: ${uploaded.status} ${await uploaded.text()}`);
  const path = `/v1/imports/${announced.importNumber}`;
  done(await network.submit<ImportView>(handing.office, `${path}/start`, handing.by));
  await network.settle();
  const { body: view } = done(await network.get<ImportView>(handing.office, path));
  return { view, results: view.resultUrl === undefined ? [] : await resultsAt(view.resultUrl) };
}

async function resultsAt(url: string): Promise<ResultLine[]> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function done<T>(answer: Answer<T>): Answer<T> {
  if (answer.status >= 400) throw new Error(`import: ${JSON.stringify(answer)}`);
  return answer;
}

/** A bank's file: its own names of the columns, a line per transfer. */
export function statementText(
  lines: readonly Record<'account' | 'valueDate' | 'amountFen' | 'bankReference' | 'remark', unknown>[],
): string {
  const rows = lines.map(({ account, valueDate, amountFen, bankReference, remark }) =>
    [account, valueDate, amountFen, bankReference, '成都市医疗保障基金专户（演示）', remark].join(','),
  );
  return ['收款账号,入账日期,金额(分),流水号,付款人,附言', ...rows, ''].join('\r\n');
}
