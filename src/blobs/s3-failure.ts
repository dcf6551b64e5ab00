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

/** By the error code of the answer. Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const byCode: Readonly<Record<string, S3Failure>> = {
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

const byStatus: Readonly<Record<number, S3Failure>> = {
  404: 'absent',
  408: 'transient',
  409: 'conflict',
  412: 'present',
  416: 'out-of-range',
  429: 'transient',
  501: 'unsupported',
};

export function s3Failure(error: unknown): S3Failure {
  const code = s3Code(error);
  if (Object.hasOwn(byCode, code)) return byCode[code] ?? 'transient';
  const status = statusOf(error);
  // No status: no answer, or one that could not be read.
  if (status === undefined || status < 300) return 'transient';
  return byStatus[status] ?? (status >= 500 ? 'transient' : 'refused');
}

/** `NoSuchBucket`, `ECONNREFUSED`, or the name of the error. */
export function s3Code(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  if ('Code' in error && typeof error.Code === 'string') return error.Code;
  const isNamed = error.name !== 'Error' && error.name !== 'AggregateError';
  if (!isNamed && 'code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

const reasons: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist',
  InvalidAccessKeyId: 'the access key is not known there',
  SignatureDoesNotMatch: 'the secret key is wrong',
  ExpiredToken: 'the keys have expired',
  CredentialsProviderError: 'no keys were found: set PACKYARD_S3_ACCESS_KEY and PACKYARD_S3_SECRET_KEY',
  RequestTimeTooSkewed: "this machine's clock and that of the store differ by more than 15 minutes",
  PermanentRedirect: 'the bucket is in another region',
  AuthorizationHeaderMalformed: 'the bucket is in another region',
  AccessDenied: 'these keys may not do this to the bucket',
};

/** For the log: what is wrong, with the store's own code. */
export function explainS3(error: unknown): string {
  const code = s3Code(error);
  const status = statusOf(error);
  const known = reasons[code] ?? (status === 301 ? reasons['PermanentRedirect'] : undefined);
  const reason = known ?? (status === 403 || status === 401 ? reasons['AccessDenied'] : undefined);
  if (reason !== undefined) return `${reason} (${code})`;
  return status === undefined ? `it doesn't answer (${code})` : `it answered ${status} ${code}`;
}

function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata;
  return metadata?.httpStatusCode;
}
