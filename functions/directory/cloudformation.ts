export type CloudFormationAnswer = {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
};

/** CloudFormation takes 4,096 bytes in all; a Chinese character is three of them. */
const MAX_REASON = 800;
const ATTEMPTS = 3;

/**
 * Puts the answer of a custom resource where CloudFormation waits for it: a presigned S3 address.
 * @throws Error after three attempts; Lambda then runs the event again
 */
export async function answerCloudFormation(url: string, answer: CloudFormationAnswer): Promise<void> {
  const body = JSON.stringify(answer.Reason === undefined ? answer : { ...answer, Reason: answer.Reason.slice(0, MAX_REASON) });
  let problem = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      // The address is signed for an empty content type; the one that fetch sets for text would not fit the signature.
      const { ok, status } = await fetch(url, { method: 'PUT', headers: { 'content-type': '' }, body, signal: AbortSignal.timeout(5_000) });
      if (ok) return;
      problem = `status ${status}`;
    } catch (error) {
      problem = error instanceof Error ? error.name : 'unknown error';
    }
  }
  throw new Error(`CloudFormation did not take the answer: ${problem}`);
}
