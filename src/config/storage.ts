/** Where packages and metadata live, and the secrets of the first start. */
import { resolve } from 'node:path';
import { bucketAt, type BucketLocation } from './bucket.ts';
import { path, secret, wholeNumber } from './parsers.ts';
import { postgresAt } from './postgres-url.ts';
import type { Secret } from './secret.ts';
import type { ParseContext } from './setting.ts';
import { setting } from './setting.ts';

/** Where the database is. */
export type DatabaseLocation = SqliteLocation | PostgresLocation;

export interface SqliteLocation {
  readonly kind: 'sqlite';
  /** Absolute path of the file. */
  readonly file: string;
  /** As `openDatabase` takes it. */
  readonly url: string;
}

export interface PostgresLocation {
  readonly kind: 'postgres';
  /** As `openDatabase` takes it; may hold a password. */
  readonly url: Secret;
  /** The same without it. */
  readonly shown: string;
}

/** Where the bytes are. */
export type BlobsLocation = FilesLocation | BucketLocation;

export interface FilesLocation {
  readonly kind: 'file';
  /** Absolute path of the folder that holds `blobs/` and `staging/`. */
  readonly folder: string;
  /** As `openBlobs` takes it. */
  readonly url: string;
}

export const storage = {
  dataFolder: setting({
    key: 'PACKYARD_DATA',
    default: './data',
    meaning: 'Folder of the database, the packages and unfinished uploads; made when it is missing.',
    parse: path,
  }),
  database: setting({
    key: 'PACKYARD_DATABASE_URL',
    default: null,
    defaultNote: '`packyard.db` in `PACKYARD_DATA`',
    meaning: '`sqlite:` and the path of the file, or `postgres://user:password@host:5432/name`; see below.',
    secret: true,
    parse(value: string, context: ParseContext): DatabaseLocation {
      if (/^postgres(ql)?:/i.test(value)) return postgresAt(value);
      return sqliteIn(pathAfter('sqlite:', value, context));
    },
  }),
  databasePool: setting({
    key: 'PACKYARD_DATABASE_POOL',
    default: '10',
    meaning: 'Most connections that each process keeps to a PostgreSQL server; SQLite has no use for it.',
    parse: wholeNumber(2, 1000),
  }),
  blobs: setting({
    key: 'PACKYARD_BLOBS_URL',
    default: null,
    defaultNote: '`PACKYARD_DATA`',
    meaning:
      '`file:` and the path of the folder that gets `blobs/` and `staging/`, or `s3://bucket/prefix?endpoint=…&region=…`; see below.',
    secret: true,
    parse(value: string, context: ParseContext): BlobsLocation {
      if (/^s3:/i.test(value)) return bucketAt(value);
      return filesIn(pathAfter('file:', value, context));
    },
  }),
  blobGraceHours: setting({
    key: 'PACKYARD_BLOB_GRACE_HOURS',
    default: '24',
    meaning: 'How long bytes that no package refers to are kept before collect-garbage removes them.',
    parse: wholeNumber(1, 24 * 365),
  }),
};

export const secrets = {
  secretKey: setting({
    key: 'PACKYARD_SECRET_KEY',
    default: null,
    defaultNote: 'made, in `secret.key` of `PACKYARD_DATA`',
    meaning:
      'What credentials for other registries are encrypted with in the database; the same for all machines of one server. Without it they have to be entered again.',
    secret: true,
    parse: secret(32, 1024),
  }),
};

export const firstStart = {
  rootPassword: setting({
    key: 'PACKYARD_ROOT_PASSWORD',
    default: null,
    defaultNote: 'generated, printed once',
    meaning: 'Password of the administrator `root`; used on the first start only.',
    secret: true,
    parse: secret(8, 128),
  }),
  rootToken: setting({
    key: 'PACKYARD_ROOT_TOKEN',
    default: null,
    defaultNote: 'generated, printed once',
    meaning: 'Access token of `root` with scope `api`; used on the first start only.',
    secret: true,
    parse: secret(20, 255),
  }),
};

export function sqliteIn(file: string): DatabaseLocation {
  return { kind: 'sqlite', file, url: `sqlite:${file}` };
}

/** The URL with its password, for `openDatabase` alone. */
export function databaseUrl(location: DatabaseLocation): string {
  return location.kind === 'sqlite' ? location.url : location.url.reveal();
}

export function filesIn(folder: string): FilesLocation {
  return { kind: 'file', folder, url: `file:${folder}` };
}

/** `sqlite:./x.db`, `sqlite:/var/x.db` and `sqlite:///var/x.db` are what people write. */
function pathAfter(scheme: string, value: string, { folder }: ParseContext): string {
  const rest = value.slice(scheme.length).replace(/^\/\/(?=\/)/, '');
  if (!value.startsWith(scheme) || rest === '' || rest.startsWith('//')) {
    throw new Error(`must be ${scheme} followed by a path`);
  }
  return resolve(folder, rest);
}
