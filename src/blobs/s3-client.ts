/** Nothing but `s3*.ts` imports the client of AWS, and those are loaded only when an `s3://` address is set. */
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Address } from '../lib/s3-address.ts';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** It writes to the console otherwise. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * A client that leaves repetitions, idle limits and waiting to us. Without keys it looks where the tools of AWS look:
 * environment, profile, web identity, container, machine.
 */
export function createS3Client(address: S3Address, keys: S3Keys | null): S3Client {
  const { endpoint, region, pathStyle, checksums, timeout } = address;
  const whether = checksums === 'supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  // A download that a slow client reads keeps its connection for hours: they must not run out.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  return new S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    ...(keys === null ? {} : { credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey } }),
    forcePathStyle: pathStyle,
    requestChecksumCalculation: whether,
    responseChecksumValidation: whether,
    maxAttempts: 1,
    logger: silent,
    // It would cost a new connection for every part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: Math.min(3_000, timeout),
      // An idle limit on the socket would cut downloads whose client reads slowly.
      socketTimeout: 0,
      requestTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

interface HttpStack {
  add(
    middleware: (next: (args: HttpArgs) => Promise<unknown>) => (args: HttpArgs) => Promise<unknown>,
    options: { readonly step: 'build'; readonly name: string },
  ): void;
}

interface HttpArgs {
  readonly request: { readonly headers: Record<string, string> };
}

/**
 * Signs the digest of a body that is streamed, which the client would leave out: every store compares it with what
 * arrived (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
export function signBody<Command extends { readonly middlewareStack: unknown }>(
  command: Command,
  sha256: string,
): Command {
  (command.middlewareStack as HttpStack).add(
    (next) => (args) => {
      args.request.headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build', name: 'signBody' },
  );
  return command;
}

/** The digest once more, in a header that is kept with the object, for stores that take it. */
export function checksumOf(sha256: string, wanted: boolean): { readonly ChecksumSHA256?: string } {
  return wanted ? { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') } : {};
}
