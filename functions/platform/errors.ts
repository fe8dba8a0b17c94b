import type * as z from 'zod';
import type { Role } from '../../schemas/codes.ts';
import { type FieldError, PROBLEMS, type ProblemCode } from '../../schemas/problems.ts';

/** Something that will be wrong however often it is tried. Carries a stable code and the fields; never a value. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, errors: readonly FieldError[]) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.errors = errors;
  }
}

export const refuse = (code: ProblemCode, first: FieldError, ...others: FieldError[]): never => {
  throw new Refusal(code, [first, ...others]);
};

/** One finding of a field; `reason` is Chinese with English in brackets. */
export const finding = (field: string, code: string, reason: string): FieldError => ({ field, code, reason });

export const roleNotAllowed = (roles: readonly Role[]): Refusal =>
  new Refusal('caller.role-not-allowed', [
    finding('role', 'not_allowed', `须由以下角色办理：${roles.join('、')} (needs one of these roles)`),
  ]);

/** What zod says of its own accord is English; clerks read Chinese first. */
const REASONS: Record<z.core.$ZodIssue['code'], string> = {
  invalid_type: '缺少该项或类型不符',
  too_big: '超出上限',
  too_small: '低于下限',
  invalid_format: '格式不符',
  not_multiple_of: '不是规定的倍数',
  unrecognized_keys: '含有未定义的项',
  invalid_union: '不符合任何一种规定形式',
  invalid_key: '项的名称不符',
  invalid_element: '元素不符',
  invalid_value: '不在规定的取值之内',
  custom: '不符合要求',
};

const reasonOf = ({ code, message }: z.core.$ZodIssue): string =>
  /^\p{Script=Han}/u.test(message) ? message : `${REASONS[code]} (${message})`;

/** Findings of a failed parse: path, zod's code and a reason, Chinese first; zod quotes no value, but an unknown field by its name. */
export const findingsOf = (error: z.ZodError): FieldError[] =>
  error.issues.map((issue) => finding(issue.path.map(String).join('.'), issue.code, reasonOf(issue)));

/** Parses or refuses with `code`, naming each field. */
export function parseOrRefuse<S extends z.ZodType>(schema: S, value: unknown, code: ProblemCode): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(code, findingsOf(parsed.error));
  return parsed.data;
}

/**
 * The one place where failures are sorted: a refusal stays wrong (an answer to a caller, quarantine for a message); everything else — a fault
 * of the network, a throttle, a defect of ours — is tried again, because giving up would lose what somebody sent.
 */
export function sortFailure(error: unknown): { kind: 'refuse'; refusal: Refusal } | { kind: 'retry' } {
  if (error instanceof Refusal && PROBLEMS[error.code][0] < 500) return { kind: 'refuse', refusal: error };
  return { kind: 'retry' };
}
