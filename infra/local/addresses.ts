import type { CaseNumber } from '../../schemas/primitives.ts';
import type { LocalAws } from './aws.ts';
import { clerkOf } from './people.ts';

export interface Standing {
  readonly aws: LocalAws;
  readonly apiUrl: string;
  readonly issuer: string;
  readonly caseNumber: CaseNumber;
}

/** What stands where, and one request that works as it is printed. */
export function addresses({ aws, apiUrl, issuer, caseNumber }: Standing): string[] {
  return [
    '',
    `API     ${apiUrl}`,
    `Issuer  ${issuer}/.well-known/openid-configuration`,
    `Health  ${aws.endpoint}/_ministack/health`,
    `AWS     ${aws.endpoint}  (AWS_ENDPOINT_URL, region ${aws.region}, credentials test/test)`,
    '',
    '令牌 (token, valid for an hour):',
    `  TOKEN=$(npx node infra/local/token.ts ${clerkOf('330100')} ${issuer})`,
    '示例 (example):',
    `  curl -H "Authorization: Bearer $TOKEN" '${apiUrl}/v1/cases/${caseNumber}'`,
  ];
}
