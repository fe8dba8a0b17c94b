import { type CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { importStatement, issueVoucher, tellNotices, tellRecord } from './demo-carried-over.ts';
import type { DemoOptions } from './demo-desk.ts';
import { demoDocuments } from './demo-documents.ts';
import { Story } from './demo-story.ts';
import { regionName } from './names.ts';

const hangzhou = RegionCode.parse('330100');
const chengdu = RegionCode.parse('510100');
const shanghai = RegionCode.parse('310000');

/**
 * Moves two made-up people to Hangzhou through the HTTP API and the queues, one under either procedure, telling each step as it is recorded on
 * either side.
 * @returns number of the last finished case
 */
export async function runDemo(options: DemoOptions): Promise<CaseNumber> {
  await under2016(options);
  options.tell('');
  return under2021(options);
}

const heading = (tell: DemoOptions['tell'], title: string, what: string) => [`━━ ${title}`, `   ${what}`, ''].forEach(tell);

/**
 * The papers travel between the offices: voucher, letter, table; a question about the letter is put and answered on the way. Then what the person
 * carries over: the money by the bank's own statement, the right to benefits with its reasons, and the years.
 */
async function under2016(options: DemoOptions): Promise<void> {
  const bodies = demoDocuments(chengdu, hangzhou);
  const story = new Story(options, { former: chengdu, joined: hangzhou });
  const { transferIn, transferOut } = story;
  const who = bodies.open.application.person.name;
  heading(
    options.tell,
    `业务一：${regionName(chengdu)} → ${regionName(hangzhou)}，2016年经办规程`,
    `参保人${who}（虚构）。${regionName(chengdu)}尚未上线全国统一的医保信息平台（演示设定），所以凭证、联系函、信息表逐件往来；其后核对到账、核定待遇、归集参保记录、告知本人。`,
  );

  const voucher = await issueVoucher(options, transferOut, bodies);
  await story.begin(transferOut, 'send-voucher', { ...bodies['send-voucher'], voucher });
  await story.give(transferIn, 'apply', bodies.apply);
  await story.give(transferIn, 'accept', bodies.accept);
  await story.give(transferIn, 'send-letter');
  await story.give(transferOut, 'query', { about: 'liaison-letter', fields: ['insuranceNumber'], question: '请补充医疗保险编号' });
  await story.give(transferIn, 'correct', ({ queries = [] }) => ({
    about: 'liaison-letter',
    query: queries.find(({ by, answer }) => by === 'counterpart' && answer === undefined)?.id,
    changes: { insuranceNumber: 'DEMO-0001' },
  }));
  await story.give(transferOut, 'propose-termination', bodies['propose-termination']);
  await story.approve(transferOut, 'approve-termination');
  await story.give(transferOut, 'propose-remittance', bodies['propose-remittance']);
  await story.approve(transferOut, 'approve-remittance');
  await story.give(transferOut, 'propose-table', bodies['propose-table']);
  await story.approve(transferOut, 'approve-table');
  await story.offered(transferIn, 'confirm-money');
  await importStatement(options, transferIn, bodies['confirm-money']);
  await story.give(transferIn, 'credit', {}, 'second');
  await story.give(transferIn, 'assess-entitlement', bodies['assess-entitlement']);
  await story.give(transferIn, 'supplement-record', bodies['supplement-record']);
  await tellRecord(options, transferIn);
  await story.give(transferIn, 'complete');
  await tellNotices(options, transferIn);
  await story.give(transferIn, 'deliver-notice', bodies['deliver-notice']);
  await story.end();
}

/** No form, voucher or letter: one request, a check on either side; the case is complete before the money has come. */
async function under2021(options: DemoOptions): Promise<CaseNumber> {
  const bodies = demoDocuments(shanghai, hangzhou);
  const story = new Story(options, { former: shanghai, joined: hangzhou });
  const { transferIn, transferOut } = story;
  const { person } = bodies.request.request;
  heading(
    options.tell,
    `业务二：${regionName(shanghai)} → ${regionName(hangzhou)}，2021年暂行办法`,
    `参保人${person.name}（虚构）。两地均已上线（演示设定）：在任一窗口申请一次，双方校验，不再使用申请表、凭证和联系函。`,
  );

  const caseNumber = await story.begin(transferOut, 'request', bodies.request);
  await story.give(transferIn, 'give-verdict', bodies['give-verdict']);
  await story.until(transferOut, '对方校验结果', ({ status }) => status === 'accepted');
  await story.askProgress(caseNumber, person.idNumber);
  await story.give(transferOut, 'propose-remittance', bodies['propose-remittance']);
  await story.approve(transferOut, 'approve-remittance');
  await story.give(transferOut, 'propose-table', bodies['propose-table']);
  await story.approve(transferOut, 'approve-table');
  await story.give(transferIn, 'complete');
  await story.give(transferIn, 'confirm-money', bodies['confirm-money']);
  await story.give(transferIn, 'credit', {}, 'second');
  await story.give(transferIn, 'deliver-notice', bodies['deliver-notice']);
  await story.end();
  options.tell('');
  await story.askProgress(caseNumber, person.idNumber);
  return caseNumber;
}
