import { Logger } from '@aws-lambda-powertools/logger';

/** Everything that may be logged: a stable code and a sentence. Levels: info for what a case went through, warn for refusals, error for faults. */
export const LOG_CODES = {
  'http.answered': 'Request answered',
  'http.refused': 'Request refused',
  'http.fault': 'Request failed by a fault of ours',
  'case.changed': 'Case changed',
  'record.viewed': "A person's record was viewed",
  'identity.merged': 'A card number and an ID number were found to be one person’s',
  'voucher.issued': 'Voucher issued',
  'voucher.reissued': 'Voucher issued again under its number',
  'voucher.number-void': 'Voucher number made void',
  'bank-lines.viewed': 'Bank lines, which hold what payers write, were viewed',
  'bank-line.changed': 'Bank line changed by a person',
  'bank-line.not-tried': 'Money that waits was not tried again; it stays in the queue',
  'message.sent': 'Message sent to an inbox',
  'message.send-failed': 'Message not sent; stays pending',
  'message.undeliverable': 'Recipient has no inbox; stays pending',
  'message.handled': 'Message handled',
  'message.duplicate': 'Message was handled before',
  'message.parked': 'Message waits for its predecessor',
  'message.quarantined': 'Message can never be handled; kept in quarantine',
  'message.quarantined-before': 'Copy of a message that was put into quarantine before; nothing new',
  'message.retry': 'Message not handled for a passing fault; comes back later',
  'wake-up.retry': 'Wake-up of the sending side failed by a passing fault; comes back later',
  'receipt.recorded': 'Receipt recorded',
  'sweep.finished': 'Sweep finished',
  'sweep.failed': 'Sweep finished, and something in it failed; that is still due',
  'alert.published': 'Alert published',
  'notice.published': 'Office told of a notice that it has to give',
  'notice.withdrawn': 'Notice taken back: nobody needs to be told any more',
  'import.finished': 'File imported whole',
  'import.refused': 'File refused whole; nothing of it was imported',
  'import.continued': 'Import goes on in another run',
  'import.busy': 'Another run reads the file; comes back later',
  'import.retry': 'Import stopped by a passing fault; comes back later',
  'directory.changed': 'Directory record changed',
  'directory.registered': 'Hosted regions registered',
  'directory.register-failed': 'Hosted regions not registered; the deployment is told why',
} as const;
export type LogCode = keyof typeof LOG_CODES;

/** A closed list: a field that could hold personal data cannot be logged by mistake (F4). */
export type LogFields = {
  caseNumber?: string;
  voucherId?: string;
  region?: string;
  counterpart?: string;
  office?: string;
  role?: string;
  /** Opaque subject of the token. */
  subject?: string;
  messageId?: string;
  messageType?: string;
  importNumber?: string;
  command?: string;
  version?: number;
  code?: string;
  path?: string;
  route?: string;
  status?: number;
  clock?: string;
  level?: string;
  notice?: string;
  count?: number;
  attempts?: number;
  requestId?: string;
  errorName?: string;
  stack?: string;
};

export type Log = Record<'info' | 'warn' | 'error', (code: LogCode, fields?: LogFields) => void>;

/** Name and place of an error without its message, which may quote what somebody sent. */
export function describeError(error: unknown): Pick<LogFields, 'errorName' | 'stack'> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((frame) => frame.trimStart().startsWith('at '));
  return { errorName: error.name, stack: frames.slice(0, 6).join('\n') };
}

export function lambdaLog(): Log {
  const logger = new Logger();
  return {
    info: (code, fields = {}) => logger.info(LOG_CODES[code], { code, ...renamed(fields) }),
    warn: (code, fields = {}) => logger.warn(LOG_CODES[code], { code, ...renamed(fields) }),
    error: (code, fields = {}) => logger.error(LOG_CODES[code], { code, ...renamed(fields) }),
  };
}

/** `code` names the line; the code of a problem stands beside it. */
const renamed = ({ code, ...fields }: LogFields) => (code === undefined ? fields : { ...fields, problem: code });
