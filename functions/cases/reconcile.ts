import type { TransferInCase } from '../../schemas/cases.ts';
import type { DocumentKind } from '../../schemas/codes.ts';
import type { Reconciliation } from '../../schemas/money.ts';
import type { Fen } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';
import { voucherOf } from './facts.ts';
import { familyOf } from './procedures/choose.ts';

type Difference = Reconciliation['differences'][number];
type Between = Difference['between'];

/** What an explanation of the other side can settle: two papers may name balances of two days. Money differs from its advice by mistake only. */
const EXPLAINABLE: { between: Between; about: readonly DocumentKind[] }[] = [
  { between: ['voucher', 'table'], about: ['coverage-voucher', 'information-table'] },
  { between: ['table', 'transferred'], about: ['information-table'] },
];
/** Fields by which a query asks about an amount of either paper. */
const AMOUNTS = /(^|\.)(balanceFen|transferredFen)$/;

/**
 * 核对《信息表》列具的信息及转移的个人账户金额 (S94 7.1; B13): voucher, table, advice and bank against each other, in fen. Under procedure 2021
 * there is no voucher. What has not come yet is absent and differs from nothing.
 */
export function reconciliationOf(state: TransferInCase): Reconciliation {
  const { table, advice, money } = state;
  const voucherFen = familyOf(state.procedure) === '2016' ? voucherOf(state)?.balanceFen : undefined;
  const pairs: [Between, Fen | undefined, Fen | undefined][] = [
    [['voucher', 'table'], voucherFen, table?.balanceFen],
    [['table', 'transferred'], advice && table?.balanceFen, advice && table?.transferredFen],
    [['transferred', 'advice'], advice && table?.transferredFen, advice?.amountFen],
    [['advice', 'bank'], advice?.amountFen, money?.amountFen],
  ];
  const differences = pairs.flatMap(([between, first, second]): Difference[] => {
    if (first === undefined || second === undefined || first === second) return [];
    return [{ between, differenceFen: second - first, explained: isExplained(state, between) }];
  });
  return {
    ...(voucherFen !== undefined && { voucherFen }),
    ...(table && { tableFen: table.balanceFen, transferredFen: table.transferredFen }),
    ...(advice && { advisedFen: advice.amountFen }),
    ...(money && { receivedFen: money.amountFen }),
    differences,
  };
}

/** An explanation settles the difference that it was asked about: what is corrected afterwards may differ by another sum. */
function isExplained({ queries = [] }: TransferInCase, between: Between): boolean {
  const papers = EXPLAINABLE.find((entry) => entry.between.join() === between.join())?.about ?? [];
  const answered = queries.filter((query) => query.by === 'own' && papers.includes(query.about));
  const corrections = answered.filter(({ answer }) => answer === 'corrected');
  return answered.some(
    ({ answer, fields, answeredAt = '' }) =>
      answer === 'explained' &&
      fields.some((field) => AMOUNTS.test(field)) &&
      corrections.every((correction) => (correction.answeredAt ?? '') <= answeredAt),
  );
}

const NAMES: Record<Between[number], string> = {
  voucher: '凭证余额',
  table: '信息表余额',
  transferred: '信息表划转金额',
  advice: '划转通知金额',
  bank: '到账金额',
};

/** Every difference that nobody explained: each stands in the way of the credit. */
export const differenceFindings = ({ differences }: Reconciliation): FieldError[] =>
  differences
    .filter(({ explained }) => !explained)
    .map(({ between: [first, second], differenceFen }) =>
      finding(
        `reconciliation.${first}.${second}`,
        'amount_mismatch',
        `${NAMES[second]}与${NAMES[first]}相差${differenceFen}分，请联系转出地更正或说明 (${second} minus ${first}: ${differenceFen} fen; ask transferOut)`,
      ),
    );
