import { createHash } from 'node:crypto';
import type { DemoBodies } from '../../infra/local/demo-documents.ts';
import { demoRegionEntries } from '../../infra/local/directory-data.ts';
import type { ImportView } from '../../schemas/imports.ts';
import { brief, type Caller, until } from './scenario.ts';

/** A bank statement with one transfer: the money of the papers, on the account of a region. */
export function statementFor({ 'confirm-money': money }: DemoBodies, region: string, payer = '演示付款人'): string {
  const account = demoRegionEntries.find(({ code }) => code === region)?.payee?.number;
  const { amountFen, bankReference, valueDate } = money;
  return `account,valueDate,amountFen,bankReference,payer\n${account},${valueDate},${amountFen},${bankReference},${payer}\n`;
}

/** Announces a statement, uploads it by its link and starts it, as a clerk's page does; waits until it is done or refused. */
export async function handInStatement(caller: Caller, text: string): Promise<ImportView> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const body = { kind: 'bank-statement', sha256, bytes: Buffer.byteLength(text) };
  const announced = await caller.post<ImportView>('/v1/imports', { body });
  if (announced.status !== 201) throw new Error(`announce: ${brief(announced)}`);
  const { importNumber, upload: { url, headers } = { url: '', headers: {} } } = announced.body;
  // A client of HTTP states the length by itself.
  const { 'content-length': _, ...stated } = headers;
  const uploaded = await fetch(url, { method: 'PUT', headers: stated, body: text });
  if (!uploaded.ok) throw new Error(`upload: ${uploaded.status} ${await uploaded.text()}`);
  await caller.post(`/v1/imports/${importNumber}/start`);
  const look = async () => (await caller.get<ImportView>(`/v1/imports/${importNumber}`)).body;
  return until('the statement to be read', look, ({ status }) => status === 'done' || status === 'refused');
}
