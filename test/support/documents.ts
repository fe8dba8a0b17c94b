import { COMMAND_BODIES } from '../../schemas/api.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import { InformationTableEntry, type TransferApplication } from '../../schemas/documents.ts';
import { OfficeCode, RegionCode } from '../../schemas/primitives.ts';

export const HANGZHOU = RegionCode.parse('330100');
export const CHENGDU = RegionCode.parse('510100');
export const HANGZHOU_OFFICE = OfficeCode.parse('33010001');
export const CHENGDU_OFFICE = OfficeCode.parse('51010001');

const SURNAMES = ['测试甲', '测试乙', '测试丙', '测试丁'];

/** The n-th synthetic person: sequence 996–999 is never given to anybody; the birth date makes the number unique. */
export function person(n: number): { name: string; idNumber: string } {
  const birth = new Date(Date.UTC(1960, 0, 1 + Math.floor(n / 4))).toISOString().slice(0, 10).replaceAll('-', '');
  const first17 = `510104${birth}${996 + (n % 4)}`;
  return {
    name: `${SURNAMES[n % 4]}${n}号`.replace(/\d/g, (digit) => '零一二三四五六七八九'.charAt(Number(digit))),
    idNumber: first17 + idNumberCheck(first17),
  };
}

export const BALANCE_FEN = 1_234_567;

/** What a clerk of Hangzhou sends to open a case of the n-th person; Chengdu is the former region. */
export function applicationBody(n: number, said: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    person: person(n),
    applicant: { capacity: 'person', name: person(n).name, phone: '13800000000' },
    scheme: '310',
    hukouType: '1',
    address: '杭州市演示路2号',
    postcode: '310000',
    formerRegion: CHENGDU,
    transferAccount: true,
    voucher: {
      number: '（川）（成都市）（2026）第 000123 号',
      person: person(n),
      hukou: { place: '四川省成都市锦江区', type: '1' },
      scheme: '310',
      participationRegion: CHENGDU,
      participation: { from: '2019-03', to: '2026-01' },
      benefits: { from: '2019-03-01', to: '2026-01-31' },
      balanceFen: BALANCE_FEN,
      issuer: { office: CHENGDU_OFFICE, name: '成都市医疗保障事务中心（演示）', contact: '成都 经办人 一', phone: '028-12345001' },
      issuedOn: '2026-02-02',
    },
    appliedOn: '2026-02-13',
    ...said,
  };
}

export const application = (n: number, said: Record<string, unknown> = {}): TransferApplication =>
  COMMAND_BODIES.open.parse({ application: applicationBody(n, said) }).application;

/** 83 months in two rows, as a clerk of Chengdu states them. */
export const tableBody = (said: Record<string, unknown> = {}) => ({
  periods: [
    {
      from: '2019-03',
      to: '2022-12',
      scheme: '310',
      contribution: '1',
      months: 46,
      officeName: '成都市医疗保障事务中心（演示）',
      officeCode: CHENGDU_OFFICE,
    },
    {
      from: '2023-01',
      to: '2026-01',
      scheme: '310',
      contribution: '1',
      months: 37,
      officeName: '成都市医疗保障事务中心（演示）',
      officeCode: CHENGDU_OFFICE,
    },
  ],
  totalMonths: 83,
  balanceFen: BALANCE_FEN,
  ...said,
});

export const tableEntry = (said: Record<string, unknown> = {}): InformationTableEntry => InformationTableEntry.parse(tableBody(said));

/** The bank reference that these papers name. */
export const PAPER_REFERENCE = 'CD20260302000001';
/** The reference of a case's own transfer: the bank gives none twice. */
export const referenceOf = (caseNumber: string): string => `CD-${caseNumber}`;
/** What a clerk states of money, with the reference of this case's transfer in place of that of the papers. */
export const withOwnReference = (body: unknown, caseNumber: string): unknown =>
  typeof body === 'object' && body !== null && 'bankReference' in body && body.bankReference === PAPER_REFERENCE
    ? { ...body, bankReference: referenceOf(caseNumber) }
    : body;

export const remittanceBody = (said: Record<string, unknown> = {}) => ({
  amountFen: BALANCE_FEN,
  bankReference: PAPER_REFERENCE,
  remittedOn: '2026-03-02',
  ...said,
});

export const moneyBody = (said: Record<string, unknown> = {}) => ({
  amountFen: BALANCE_FEN,
  bankReference: PAPER_REFERENCE,
  valueDate: '2026-03-02',
  ...said,
});
