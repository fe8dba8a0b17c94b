import * as z from 'zod';
import { ROUTES } from '../../schemas/api.ts';
import { CommandLine } from '../../schemas/imports.ts';
import { CaseNumber, IdempotencyKey, type ImportNumber } from '../../schemas/primitives.ts';
import { ClerkCommandName } from '../../schemas/procedures.ts';
import type { By } from '../../schemas/rows.ts';
import { begins, type Submission } from '../cases/commands-api.ts';
import { caseNotFound } from '../cases/refusals.ts';
import { sha256 } from '../platform/canonical.ts';
import { finding, findingsOf, Refusal, roleNotAllowed } from '../platform/errors.ts';

/** A line of a file of commands, as far as the HTTP API would look before it hands the command on. */
export type LineCommand = Pick<Submission, 'name' | 'caseNumber' | 'body'>;

const invalid = (field: string, code: string, reason: string) => new Refusal('request.invalid', [finding(field, code, reason)]);

/** Throws the Refusal that the HTTP API would answer: the line is no command, or this role may not give it. */
export function commandIn(text: string, role: By['role']): LineCommand {
  const parsed = CommandLine.safeParse(jsonIn(text));
  if (!parsed.success) throw new Refusal('request.invalid', findingsOf(parsed.error));
  const { command, caseNumber, body = {} } = parsed.data;
  const name = ClerkCommandName.safeParse(command).data;
  if (name === undefined) throw invalid('command', 'unknown', '没有这个办理操作 (no such command)');
  const roles = ROUTES.find((route) => route.command === name)?.roles ?? [];
  if (!roles.includes(role)) throw roleNotAllowed(roles);
  return { name, caseNumber: caseNumberFor(name, caseNumber), body };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('', 'json', '该行不是有效的 JSON (the line is not JSON)');
  }
}

function caseNumberFor(name: ClerkCommandName, said: string | undefined): CaseNumber | undefined {
  if (begins(name)) {
    if (said === undefined) return undefined;
    throw invalid('caseNumber', 'not_allowed', '此操作新建业务，不得填写业务编号 (the command begins a case: it has no number yet)');
  }
  if (said === undefined) throw invalid('caseNumber', 'missing', '缺少业务编号 (missing)');
  const parsed = CaseNumber.safeParse(said);
  if (!parsed.success) throw caseNotFound();
  return parsed.data;
}

/** Key of a line's command, the same whenever the line is read: a UUID of version 8 (RFC 9562), whose content is ours to choose. */
export function keyOfLine(importNumber: ImportNumber, line: number): IdempotencyKey {
  const hex = sha256(`${importNumber}#${line}`);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return IdempotencyKey.parse(groups.join('-'));
}

const person = z.object({ person: z.object({ idNumber: z.string() }) });
const Begun = z.union([z.object({ application: person }), z.object({ request: person }), z.object({ voucher: person })]);

/** Lines of one case are done in their order, and so are those that begin cases of one person, of which only the first may be accepted (A10). */
export function sequenceOf({ caseNumber, body }: LineCommand, line: number): string {
  if (caseNumber !== undefined) return caseNumber;
  const begun = Begun.safeParse(body).data;
  if (begun === undefined) return `line ${line}`;
  const document = 'application' in begun ? begun.application : 'request' in begun ? begun.request : begun.voucher;
  return `person ${document.person.idNumber}`;
}
