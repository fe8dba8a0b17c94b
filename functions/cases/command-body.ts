import type * as z from 'zod';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { parseOrRefuse } from '../platform/errors.ts';
import type { Command } from './commands.ts';
import type { CaseDeps } from './request.ts';

/** The command that a request body makes, each parsed by its own schema. Throws Refusal('request.invalid') naming every field that is wrong. */
export async function commandFrom(
  { personHash }: Pick<CaseDeps, 'personHash'>,
  name: ClerkCommandName,
  body: unknown,
  region: RegionCode,
): Promise<Command> {
  const parse = <S extends z.ZodType>(schema: S) => parseOrRefuse(schema, body, 'request.invalid');
  switch (name) {
    case 'open': {
      const said = parse(COMMAND_BODIES[name]);
      return { name, ...said, personHash: await personHash(said.application.person.idNumber, region) };
    }
    case 'request': {
      const said = parse(COMMAND_BODIES[name]);
      return { name, ...said, personHash: await personHash(said.request.person.idNumber, region) };
    }
    case 'send-voucher': {
      const said = parse(COMMAND_BODIES[name]);
      return { name, ...said, personHash: await personHash(said.voucher.person.idNumber, region) };
    }
    case 'send-letter':
    case 'credit':
    case 'complete':
      parse(COMMAND_BODIES[name]);
      return { name };
    case 'apply':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'return-materials':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'hand-in-materials':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'accept':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'give-verdict':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'confirm-termination':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'propose-termination':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'approve-termination':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'approve-table':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'notify-applicant':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'approve-remittance':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'reject-money':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'assess-entitlement':
      return { name, ...parse(COMMAND_BODIES[name]) };
    case 'supplement-record':
      return { name, supplement: parse(COMMAND_BODIES[name]) };
    case 'deliver-notice':
      return { name, delivery: parse(COMMAND_BODIES[name]) };
    case 'answer-scheme-withdrawal':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'propose-remittance':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'remit':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'not-remit':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'send-table':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'propose-table':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'confirm-money':
      return { name, money: parse(COMMAND_BODIES[name]) };
    case 'refuse':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'forward':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'query':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'correct':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'explain':
      return { name, explanation: parse(COMMAND_BODIES[name]) };
    case 'withdraw':
      return { name, withdrawal: parse(COMMAND_BODIES[name]) };
    case 'propose-closure':
      return { name, proposal: parse(COMMAND_BODIES[name]) };
    case 'answer-closure':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    case 'remind':
      return { name, entry: parse(COMMAND_BODIES[name]) };
    default:
      return name satisfies never;
  }
}
