/**
 * What a failed call means to us. `absent`: no such key. `present`: a conditional write found the key taken. `conflict`:
 * another write of the key is under way. `lost-upload`: the multipart upload or one of its parts is gone. `out-of-range`:
 * the range begins behind the end. `unsupported`: the store has no such feature. `refused`: keys, bucket or region are
 * wrong, and repeating changes nothing. `transient`: everything else, which may pass.
 */
export type S3Failure =
  | 'absent'
  | 'present'
  | 'conflict'
  | 'lost-upload'
  | 'out-of-range'
  | 'unsupported'
  | 'refused'
  | 'transient';

/** A failed call, without what the client hangs on its errors: whole requests, signatures included. */
export class S3Error extends Error {
  readonly failure: S3Failure;
  /** `NoSuchBucket`, `ECONNREFUSED`, or the name of whatever was thrown; `Unknown` for an answer without a body. */
  readonly code: string;
  /** Of the answer; `null` when there was none that could be read. */
  readonly status: number | null;

  constructor(code: string, status: number | null, message: string) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = status;
    this.failure = failureOf(code, status);
  }
}

export function toS3Error(thrown: unknown): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (!(thrown instanceof Error)) return new S3Error('Unknown', null, String(thrown));
  const { $metadata, Code, code } = thrown as {
    $metadata?: { httpStatusCode?: number; requestId?: string };
    Code?: string;
    code?: string;
  };
  const isNamed = thrown.name !== 'Error' && thrown.name !== 'AggregateError';
  const request = $metadata?.requestId === undefined ? '' : ` (request ${$metadata.requestId})`;
  return new S3Error(
    Code ?? (isNamed ? thrown.name : (code ?? thrown.name)),
    $metadata?.httpStatusCode ?? null,
    `${thrown.message}${request}`,
  );
}

/** Of what `S3Calls.call` rejects with; a `Problem` has been dealt with already, and is none of these. */
export function s3Failure(error: unknown): S3Failure | null {
  return error instanceof S3Error ? error.failure : null;
}

/** For the log: what is wrong, with the store's own code. */
export function explainS3({ code, status }: S3Error): string {
  const known = reasons[code] ?? (status === null ? undefined : reasonsByStatus[status]);
  if (known !== undefined) return `${known} (${code})`;
  return status === null ? `it doesn't answer (${code})` : `it answered ${status} ${code}`;
}

/** Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const failures: Readonly<Record<string, S3Failure>> = {
  NoSuchKey: 'absent',
  NoSuchUpload: 'lost-upload',
  InvalidPart: 'lost-upload',
  InvalidPartOrder: 'lost-upload',
  EntityTooSmall: 'lost-upload',
  NoSuchBucket: 'refused',
  InvalidAccessKeyId: 'refused',
  CredentialsProviderError: 'refused',
  InvalidRange: 'out-of-range',
  NotImplemented: 'unsupported',
  // Spoilt on the way, or too slow.
  BadDigest: 'transient',
  IncompleteBody: 'transient',
  RequestTimeout: 'transient',
  XAmzContentSHA256Mismatch: 'transient',
  // The client sets its clock by the answer, so a repetition may pass.
  RequestTimeTooSkewed: 'transient',
};

const failuresByStatus: Readonly<Record<number, S3Failure>> = {
  404: 'absent',
  408: 'transient',
  409: 'conflict',
  412: 'present',
  416: 'out-of-range',
  429: 'transient',
  501: 'unsupported',
};

const reasons: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist',
  InvalidAccessKeyId: 'the access key is not known there',
  SignatureDoesNotMatch: 'the secret key is wrong',
  ExpiredToken: 'the keys have expired',
  CredentialsProviderError: 'no keys were found: set PACKYARD_S3_ACCESS_KEY and PACKYARD_S3_SECRET_KEY',
  RequestTimeTooSkewed: "this machine's clock and that of the store differ by more than 15 minutes",
  PermanentRedirect: 'the bucket is in another region',
  AuthorizationHeaderMalformed: 'the bucket is in another region',
};

const reasonsByStatus: Readonly<Record<number, string>> = {
  301: 'the bucket is in another region',
  401: 'these keys may not do this to the bucket',
  403: 'these keys may not do this to the bucket',
};

function failureOf(code: string, status: number | null): S3Failure {
  if (Object.hasOwn(failures, code)) return failures[code] ?? 'transient';
  if (status === null || status < 300) return 'transient';
  return failuresByStatus[status] ?? (status >= 500 ? 'transient' : 'refused');
}
