/** Every Lambda function of the system and its entry file, from the project root. */
export const ENTRIES = {
  'cases-api': 'functions/cases/api.entry.ts',
  'vouchers-api': 'functions/vouchers/api.entry.ts',
  'money-api': 'functions/money/api.entry.ts',
  'imports-api': 'functions/imports/api.entry.ts',
  'imports-run': 'functions/imports/run.entry.ts',
  'directory-api': 'functions/directory/api.entry.ts',
  'directory-register': 'functions/directory/register.entry.ts',
  'exchange-api': 'functions/exchange/api.entry.ts',
  'exchange-relay': 'functions/exchange/relay.entry.ts',
  'exchange-dispatch': 'functions/exchange/dispatch.entry.ts',
  'exchange-receive': 'functions/exchange/receive.entry.ts',
  'exchange-sweep': 'functions/exchange/sweep.entry.ts',
  'deadlines-sweep': 'functions/deadlines/sweep.entry.ts',
} as const;

export type FunctionName = keyof typeof ENTRIES;
