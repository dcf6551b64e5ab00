/** Blobs in a bucket: where it is, whose keys open it, and whether clients are sent there. */
import { parseS3Address } from '../lib/s3-address.ts';
import { secret, trueOrFalse } from './parsers.ts';
import type { Secret } from './secret.ts';
import { setting } from './setting.ts';

export interface BucketLocation {
  readonly kind: 's3';
  /** As `openBlobs` takes it; holds no keys. */
  readonly url: string;
}

export const bucket = {
  s3AccessKey: setting({
    key: 'PACKYARD_S3_ACCESS_KEY',
    default: null,
    defaultNote: "found as AWS's tools find it",
    meaning: 'Access key of an `s3://` blob store: environment, profile, web identity, container or machine otherwise.',
    secret: true,
    parse: secret(1, 255),
  }),
  s3SecretKey: setting({
    key: 'PACKYARD_S3_SECRET_KEY',
    default: null,
    defaultNote: 'as above',
    meaning: 'The secret key that belongs to it.',
    secret: true,
    parse: secret(1, 255),
  }),
  s3Redirect: setting({
    key: 'PACKYARD_S3_REDIRECT',
    default: 'false',
    meaning:
      'Whether large Generic downloads are answered with a link to the `s3://` store, good for five minutes. Clients must reach its endpoint and follow redirects (`curl --location`).',
    parse: trueOrFalse,
  }),
};

/** Throws for an address that can't be read. */
export function bucketAt(url: string): BucketLocation {
  parseS3Address(url);
  return { kind: 's3', url };
}

/** What `openBlobs` needs beside the URL. */
export function bucketOptions(config: {
  readonly dataFolder: string;
  readonly s3AccessKey: Secret | null;
  readonly s3SecretKey: Secret | null;
  readonly s3Redirect: boolean;
}): BucketSettings {
  const { dataFolder, s3AccessKey, s3SecretKey, s3Redirect } = config;
  const isOurs = s3AccessKey !== null && s3SecretKey !== null;
  const keys = isOurs ? { accessKey: s3AccessKey.reveal(), secretKey: s3SecretKey.reveal() } : null;
  return { folder: dataFolder, keys, redirects: s3Redirect };
}

interface BucketSettings {
  readonly folder: string;
  readonly keys: { readonly accessKey: string; readonly secretKey: string } | null;
  readonly redirects: boolean;
}
