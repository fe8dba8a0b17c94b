import type * as z from 'zod';
import { type FieldError, PROBLEMS, type ProblemCode } from '../../schemas/problems.ts';

/** Something that will be wrong however often it is tried. Carries a stable code and the fields; never a value. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, errors: readonly FieldError[] = []) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.errors = errors;
  }
}

export const refuse = (code: ProblemCode, ...errors: FieldError[]): never => {
  throw new Refusal(code, errors);
};

/** One finding of a field; `reason` is Chinese with English in brackets. */
export const finding = (field: string, code: string, reason: string): FieldError => ({ field, code, reason });

/** Findings of a failed parse: path, zod's code and message; zod's messages quote no input. */
export const findingsOf = (error: z.ZodError): FieldError[] =>
  error.issues.map((issue) => finding(issue.path.map(String).join('.'), issue.code, issue.message));

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
