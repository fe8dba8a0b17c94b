import { createHash, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoverageVoucher } from '../../schemas/documents.ts';
import { ImportView, ResultLine } from '../../schemas/imports.ts';
import { STATEMENT_COLUMNS, type StatementLine, UNMATCHED_REASONS, UnmatchedReason } from '../../schemas/money.ts';
import { NoticesView } from '../../schemas/notices.ts';
import { Fen, type Instant } from '../../schemas/primitives.ts';
import { InsuranceRecord } from '../../schemas/record.ts';
import { VoucherCheckResult, VoucherView } from '../../schemas/vouchers.ts';
import { apiClient } from './api-client.ts';
import type { DemoOptions, Desk } from './demo-desk.ts';
import type { DemoBodies } from './demo-documents.ts';
import { demoVoucherRecord } from './demo-voucher.ts';
import { demoRegionEntries } from './directory-data.ts';
import { LocalFailure } from './failure.ts';
import { recipientText, regionName } from './names.ts';
import { clerkOf, demoPeople } from './people.ts';
import { chinaTime, yuan } from './text.ts';

/** What happens beside the case and its messages: no timeline tells of it, so it is told as it is done. */

/** Who does what, as a line of a timeline begins. */
const headOf = ({ region }: Desk, at: Instant, what: string): string => {
  const clerk = demoPeople.find(({ id }) => id === clerkOf(region))?.name ?? clerkOf(region);
  return `${chinaTime(at)}  【${regionName(region)}】${clerk}：${what}`;
};

const checkText: Record<VoucherCheckResult['result'], string> = {
  genuine: '真实有效',
  superseded: '已补办，此件作废',
  unknown: '查无此证',
};

/** The region left issues the voucher from its records; whoever holds it can check it. */
export async function issueVoucher({ apiUrl, tell }: DemoOptions, desk: Desk, bodies: DemoBodies): Promise<CoverageVoucher> {
  const { voucherId, voucher, months, registerBy, copies } = await desk
    .as('first')
    .post('/v1/issued-vouchers', demoVoucherRecord(bodies), VoucherView);
  const [copy] = copies;
  if (copy === undefined) {
    throw new TypeError('a voucher without a print');
  }
  const { code, serial, issuedAt } = copy;
  tell(headOf(desk, issuedAt, '开具参保凭证 (POST /v1/issued-vouchers)'));
  tell(`    ${voucher.number}，按缴费记录算得 ${months} 个月、余额 ${yuan(voucher.balanceFen)}，校验码 ${code}`);
  if (registerBy !== undefined) {
    tell(`    无接收单位，须在三个月内（至 ${registerBy}）到转入地登记，到期前提醒本人`);
  }
  const anybody = apiClient(apiUrl);
  const check = async (shown: string) =>
    checkText[(await anybody.post('/v1/voucher-check', { voucherId, serial, code: shown }, VoucherCheckResult)).result];
  const altered = code.replace(/^./, (first) => (first === '7' ? '8' : '7'));
  tell(`    核验 (POST /v1/voucher-check，不用登录)：${await check(code)}；校验码改动一位：${await check(altered)}`);
  return voucher;
}

const csvName = 'statement.csv';
/** Far longer than the local AWS takes to give a file to its worker. */
const importPatience = 60_000;

/** The bank's own statement, uploaded as a file: one transfer is the balance, the other nobody has been told of. */
export async function importStatement(
  { tell, waiting, logFile }: DemoOptions,
  desk: Desk,
  { amountFen, bankReference, valueDate }: DemoBodies['confirm-money'],
): Promise<void> {
  const account = demoRegionEntries.find(({ code }) => code === desk.region)?.payee?.number;
  const line = (reference: string, fen: number) => [account, valueDate, fen, reference, '演示付款人', ''].join(',');
  const columns: readonly (keyof StatementLine)[] = ['account', 'valueDate', 'amountFen', 'bankReference', 'payer', 'remark'];
  const header = columns.map((column) => STATEMENT_COLUMNS[column]).join(',');
  const stray = { reference: `DEMO${randomInt(10 ** 9)}`, fen: Fen.parse(8_800) };
  const file = Buffer.from(`${header}\n${line(bankReference, amountFen)}\n${line(stray.reference, stray.fen)}\n`);

  const api = desk.as('first');
  const sha256 = createHash('sha256').update(file).digest('hex');
  const announced = await api.post('/v1/imports', { kind: 'bank-statement', sha256, bytes: file.length }, ImportView);
  await upload(announced, file);
  const path = `/v1/imports/${announced.importNumber}`;
  await api.post(`${path}/start`, {}, ImportView);
  const patience = Date.now() + importPatience;
  let imported = await api.get(path, ImportView);
  while (imported.status === 'queued' || imported.status === 'running') {
    if (Date.now() > patience) {
      throw new LocalFailure(`${csvName}：${importPatience / 1000} 秒内未导入完 (not imported in time); see ${logFile}.`);
    }
    waiting();
    await sleep(300);
    imported = await api.get(path, ImportView);
  }
  tell(headOf(desk, announced.createdAt, `导入银行对账单 ${csvName} (POST /v1/imports，上传，开始)，共 2 笔`));
  const [balance, other] = await resultsOf(imported);
  tell(`    流水号 ${bankReference}，${yuan(Fen.parse(amountFen))}：${outcomeText(balance)}`);
  tell(`    流水号 ${stray.reference}，${yuan(stray.fen)}：${outcomeText(other)}`);
}

async function upload({ upload: link }: ImportView, file: Buffer<ArrayBuffer>): Promise<void> {
  if (link === undefined) {
    throw new TypeError('an announced file has no link');
  }
  // A client of HTTP states the length by itself.
  const { 'content-length': _, ...headers } = link.headers;
  const answer = await fetch(link.url, { method: 'PUT', headers, body: file });
  if (!answer.ok) {
    throw new LocalFailure(`${csvName}：上传被拒绝 (upload refused): ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  }
}

async function resultsOf({ status, resultUrl, errors }: ImportView): Promise<ResultLine[]> {
  if (status !== 'done' || resultUrl === undefined) {
    throw new LocalFailure(`${csvName}：${errors.map(({ line, reason }) => `第 ${line} 行 ${reason}`).join('；') || status}`);
  }
  const text = await (await fetch(resultUrl)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ResultLine.parse(JSON.parse(line)));
}

function outcomeText(result: ResultLine | undefined): string {
  const reason = UnmatchedReason.safeParse(result?.code).data;
  if (result?.outcome === 'matched') {
    return `按流水号匹配到业务 ${result.caseNumber}`;
  }
  return `${reason === undefined ? result?.outcome : UNMATCHED_REASONS[reason]}，待人工处理 (GET /v1/bank-lines)`;
}

/** The years of the table and those of the region joined, each month once. */
export async function tellRecord({ tell }: DemoOptions, desk: Desk): Promise<void> {
  const { totals, gaps } = await desk.see('record', InsuranceRecord);
  const { imported, local, months } = totals;
  const whole = gaps.length === 0 ? '，没有断保' : '';
  tell(`参保记录 (GET …/record)：转入 ${imported} 个月 + 本地 ${local} 个月 = 共 ${months} 个月${whole}`);
  for (const gap of gaps) {
    tell(`    断保 ${gap.from} 至 ${gap.to}，${gap.months} 个月`);
  }
}

/** What the office has still to tell somebody. */
export async function tellNotices({ tell }: DemoOptions, desk: Desk): Promise<void> {
  const { items } = await desk.as('first').get('/v1/notices', NoticesView);
  tell('待告知事项 (GET /v1/notices)：');
  for (const { name, to, caseNumber, voucherId, dueOn } of items) {
    tell(`    ${dueOn} 告知${recipientText[to]}：${name}，${caseNumber ?? voucherId}`);
  }
}
