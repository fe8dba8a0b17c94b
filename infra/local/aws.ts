/** How to reach the AWS-compatible endpoint of this machine. */
export interface LocalAws {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** MiniStack takes any credentials; the user's own are never sent to it. */
export const ownAws = (endpoint: string): LocalAws => ({ endpoint, region: 'us-east-1', credentials: testCredentials });

/** An endpoint that the user gave may want the region and credentials that stand beside it in the environment. */
export function givenAws(endpoint: string, environment: NodeJS.ProcessEnv): LocalAws {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  return {
    endpoint,
    region: AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1',
    credentials:
      AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
        ? testCredentials
        : { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  };
}

/**
 * The same for a child process that reads AWS's own variables. A profile or a session token of the user would win over them, and a proxy would
 * be asked for this machine itself.
 */
export function awsEnvironment(aws: LocalAws, inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _, AWS_DEFAULT_PROFILE: __, AWS_SESSION_TOKEN: ___, ...rest } = inherited;
  const direct = [inherited.NO_PROXY ?? inherited.no_proxy, new URL(aws.endpoint).hostname, 'localhost', '127.0.0.1']
    .filter((hosts) => hosts !== undefined)
    .join(',');
  return {
    ...rest,
    NO_PROXY: direct,
    no_proxy: direct,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_DEFAULT_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
  };
}
