import type { TransferCase } from '../../schemas/cases.ts';
import { type CaseStatus, STATUS_NAMES } from '../../schemas/procedures.ts';
import { finding, Refusal } from '../platform/errors.ts';

/** Refusals that more than one place has to give: each says what is wrong where, and whom to turn to. */

const named = (status: CaseStatus) => `“${STATUS_NAMES[status]}”`;

export const wrongState = ({ status }: TransferCase): Refusal =>
  new Refusal('case.wrong-state', [finding('status', status, `当前环节为${named(status)} (the case is ${status})`)]);

export const caseNotFound = (): Refusal =>
  new Refusal('case.not-found', [finding('caseNumber', 'unknown', '本地区没有该编号的业务 (the region has no case of this number)')]);

export const wrongOffice = (): Refusal =>
  new Refusal('caller.wrong-office', [
    finding('office', 'wrong_office', '该业务属于本地区另一机构 (another office of the region has the case)'),
  ]);

export const notByHand = (): Refusal =>
  new Refusal('caller.role-not-allowed', [finding('role', 'not_allowed', '此步骤只由对方报文触发 (only a message makes this step)')]);

export const confirmedYourself = (): Refusal =>
  new Refusal('case.same-person', [finding('money', 'same_person', '不得计入本人确认的到账 (you confirmed this money yourself)')]);

export const officeOfCallerUnknown = (): Refusal =>
  new Refusal('caller.unknown', [finding('office', 'unknown', '目录中没有调用者的机构 (no such office in the directory)')]);
