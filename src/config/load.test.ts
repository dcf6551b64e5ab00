import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bucketOptions } from './bucket.ts';
import type { LoadOptions } from './load.ts';
import { ConfigErrors, loadConfig } from './load.ts';
import { showConfig } from './show.ts';
import { databaseUrl } from './storage.ts';
import { trueOrFalseText } from '../lib/setting-texts.ts';

/** Two formats, one with a setting of its own. */
const formats = [
  { id: 'npm' },
  {
    id: 'generic',
    settings: [{ name: 'duplicates', default: 'true', meaning: 'Again?', read: trueOrFalseText }],
  },
];

const cwd = '/srv/yard';

function load(env: Record<string, string>, rest: Partial<LoadOptions> = {}) {
  return loadConfig({ env, cwd, ...rest });
}

async function mistakesOf(env: Record<string, string>, rest: Partial<LoadOptions> = {}): Promise<readonly string[]> {
  const error: unknown = await load(env, rest).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigErrors)) throw new Error('expected ConfigErrors');
  return error.mistakes;
}

function file(content: string): Partial<LoadOptions> {
  return { readFile: () => Promise.resolve(content) };
}

describe('defaults', () => {
  test('an empty environment is a complete configuration', async () => {
    const config = await load({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      externalUrl: null,
      dataFolder: '/srv/yard/data',
      database: { kind: 'sqlite', file: '/srv/yard/data/packyard.db', url: 'sqlite:/srv/yard/data/packyard.db' },
      blobs: { kind: 'file', folder: '/srv/yard/data', url: 'file:/srv/yard/data' },
      rootPassword: null,
      rootToken: null,
      tls: null,
      trustedProxies: [],
      upstreamAllow: [],
      requestLog: true,
      documentCacheSize: 64 * 2 ** 20,
      fileCacheSize: 32 * 2 ** 20,
      drainSeconds: 60,
      blobGraceHours: 24,
      warnings: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('database and blobs follow the data folder', async () => {
    const config = await load({ PACKYARD_DATA: 'elsewhere' });
    expect(config.database).toMatchObject({ file: '/srv/yard/elsewhere/packyard.db' });
    expect(config.blobs).toMatchObject({ folder: '/srv/yard/elsewhere' });
  });

  test('a bucket, with its keys kept from sight', async () => {
    const url = 's3://packages/x?endpoint=https://s3.test';
    const config = await load({
      PACKYARD_BLOBS_URL: url,
      PACKYARD_S3_ACCESS_KEY: 'hunter1',
      PACKYARD_S3_SECRET_KEY: 'hunter2',
    });
    expect(config.blobs).toEqual({ kind: 's3', url });
    expect(bucketOptions(config)).toEqual({
      folder: '/srv/yard/data',
      keys: { accessKey: 'hunter1', secretKey: 'hunter2' },
      redirects: false,
    });
    expect(`${inspect(config)}${JSON.stringify(config)}${[...showConfig(config)].join()}`).not.toContain('hunter');
    expect(bucketOptions(await load({ PACKYARD_BLOBS_URL: url })).keys).toBeNull();
  });

  test('an empty value means not set', async () => {
    expect((await load({ PACKYARD_PORT: ' ' })).port).toBe(8080);
  });
});

describe('values', () => {
  test.each([
    ['500MiB', 500 * 2 ** 20],
    ['5GiB', 5 * 2 ** 30],
    ['1.5 GB', 1_500_000_000],
    ['1048576', 1_048_576],
  ])('a size of %s', async (text, bytes) => {
    expect((await load({ PACKYARD_NPM_MAX_FILE_SIZE: text })).maxFileSize.get('npm')).toBe(bytes);
  });

  test.each([
    ['sqlite:db/x.db', '/srv/yard/db/x.db'],
    ['sqlite:/var/x.db', '/var/x.db'],
    ['sqlite:///var/x.db', '/var/x.db'],
  ])('database URL %s', async (text, path) => {
    expect((await load({ PACKYARD_DATABASE_URL: text })).database).toMatchObject({ kind: 'sqlite', file: path });
  });

  test.each([
    ['postgres://yard@db/x', 'postgres://yard@db/x'],
    [
      'postgresql://yard:hunter2@db.test:5433/x?sslmode=verify-full',
      'postgresql://yard:redacted@db.test:5433/x?sslmode=verify-full',
    ],
    [
      'postgres:///x?host=/run/postgresql&user=yard&password=hunter2',
      'postgres:///x?host=%2Frun%2Fpostgresql&user=yard&password=redacted',
    ],
  ])('database URL %s', async (text, shown) => {
    const { database } = await load({ PACKYARD_DATABASE_URL: text });
    expect(database).toMatchObject({ kind: 'postgres', shown });
    expect(databaseUrl(database)).toBe(text);
  });

  test('networks are brought to CIDR form', async () => {
    const config = await load({ PACKYARD_TRUSTED_PROXIES: '10.0.0.0/8, 192.168.1.1 fd00::/8' });
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '192.168.1.1/32', 'fd00::/8']);
  });

  test('the external URL loses its trailing slash and keeps its path', async () => {
    expect((await load({ PACKYARD_EXTERNAL_URL: 'https://x.test/yard/' })).externalUrl).toBe('https://x.test/yard');
    expect((await load({ PACKYARD_EXTERNAL_URL: 'https://x.test' })).externalUrl).toBe('https://x.test');
  });

  test('listening beyond this machine without an external URL is worth a warning', async () => {
    expect((await load({ PACKYARD_HOST: '0.0.0.0' })).warnings).toHaveLength(1);
    const named = await load({ PACKYARD_HOST: '0.0.0.0', PACKYARD_EXTERNAL_URL: 'https://x.test' });
    expect(named.warnings).toEqual([]);
  });
});

describe('mistakes', () => {
  test('all are told at once, with what is wanted', async () => {
    const mistakes = await mistakesOf({
      PACKYARD_PORT: '80a',
      PACKYARD_LOG_LEVEL: 'loud',
      PACKYARD_WORKERS: '0',
      PACKYARD_TRUSTED_PROXIES: '10.0.0.0/99',
      PACKYARD_EXTERNAL_URL: 'packages.test',
      PACKYARD_DATABASE_URL: 'postgres://u:hunter2@db',
      PACKYARD_TLS_CERT: '/nowhere.pem',
      PACKYARD_POTR: '1',
    });
    expect(mistakes).toEqual([
      'PACKYARD_PORT in the environment must be a whole number from 0 to 65535 (it is "80a").',
      expect.stringContaining('PACKYARD_EXTERNAL_URL in the environment must be a URL such as'),
      'PACKYARD_WORKERS in the environment must be a whole number from 1 to 256 (it is "0").',
      expect.stringContaining('PACKYARD_TRUSTED_PROXIES in the environment must list IP addresses'),
      expect.stringContaining('PACKYARD_DATABASE_URL in the environment must be a URL such as postgres://packyard:'),
      expect.stringContaining('PACKYARD_LOG_LEVEL in the environment must be one of trace, debug'),
      'PACKYARD_POTR in the environment is no setting; did you mean PACKYARD_PORT?',
      'PACKYARD_TLS_CERT and PACKYARD_TLS_KEY must be set together.',
      'PACKYARD_TLS_CERT names /nowhere.pem, which cannot be read.',
    ]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  test.each([
    ['PACKYARD_PORT', '65536'],
    ['PACKYARD_PORT', '-1'],
    ['PACKYARD_PORT', '1e3'],
    ['PACKYARD_NPM_MAX_FILE_SIZE', '5 parsecs'],
    ['PACKYARD_NPM_MAX_FILE_SIZE', '999999999TiB'],
    ['PACKYARD_TRUSTED_PROXIES', '010.0.0.1'],
    ['PACKYARD_TRUSTED_PROXIES', 'localhost'],
    ['PACKYARD_EXTERNAL_URL', 'https://user:pass@x.test'],
    ['PACKYARD_EXTERNAL_URL', 'ftp://x.test'],
    ['PACKYARD_ROOT_PASSWORD', 'short'],
    ['PACKYARD_REQUEST_LOG', 'maybe'],
    ['PACKYARD_BLOB_GRACE_HOURS', '0'],
    ['PACKYARD_DATABASE_URL', 'sqlite:'],
    ['PACKYARD_DATABASE_URL', 'mysql://db/x'],
    ['PACKYARD_DATABASE_URL', 'postgres://one,two/x'],
    ['PACKYARD_DATABASE_POOL', '1'],
    ['PACKYARD_BLOBS_URL', 's3://Bucket'],
    ['PACKYARD_BLOBS_URL', 's3://key:secret@bucket'],
    ['PACKYARD_S3_ACCESS_KEY', 'alone'],
    ['PACKYARD_S3_SECRET_KEY', 'alone'],
    ['PACKYARD_NMP_MAX_FILE_SIZE', '5MiB'],
    ['PACKYARD_NPM_DUPLICATES', 'true'],
    ['PACKYARD_GENERIC_DUPLICATES', 'perhaps'],
  ])('%s=%s is refused', async (key, value) => {
    const mistakes = await mistakesOf({ [key]: value }, { formats });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(key);
  });

  test('what a format lets be set is read in its normal form', async () => {
    const config = await loadConfig({ env: { PACKYARD_GENERIC_DUPLICATES: 'No' }, cwd: '/srv', formats });
    expect([...config.formatSettings]).toEqual([['generic.duplicates', 'false']]);
    expect(showConfig(config).get('PACKYARD_GENERIC_DUPLICATES')).toBe('false');
  });

  test('a wrong secret is not repeated', async () => {
    expect((await mistakesOf({ PACKYARD_ROOT_TOKEN: 'hush-hush' })).join()).not.toContain('hush-hush');
  });
});

describe('settings file', () => {
  const env = { PACKYARD_CONFIG: 'etc/yard.yaml' };

  test('names with or without prefix, upper or lower case; lists; paths from its folder', async () => {
    const config = await load(
      env,
      file(
        'port: 9000\nPACKYARD_HOST: "::1"\ntrusted-proxies:\n  - 10.0.0.1\n  - 10.0.0.2\ndata: store\nrequest_log: no\n',
      ),
    );
    expect(config).toMatchObject({
      port: 9000,
      host: '::1',
      dataFolder: '/srv/yard/etc/store',
      trustedProxies: ['10.0.0.1/32', '10.0.0.2/32'],
      requestLog: false,
    });
  });

  test('the environment wins', async () => {
    expect((await load({ ...env, PACKYARD_PORT: '1' }, file('port: 2'))).port).toBe(1);
  });

  test('values keep the text that was written', async () => {
    const config = await load(env, file('root_password: 0123456789'));
    expect(config.rootPassword?.reveal()).toBe('0123456789');
  });

  test('its mistakes name the file', async () => {
    const mistakes = await mistakesOf(env, file('prot: 1\nport: {a: b}\nhost: a\nPACKYARD_HOST: b\nconfig: x\n'));
    expect(mistakes).toEqual([
      '/srv/yard/etc/yard.yaml: port must be a single value or a list of them.',
      '/srv/yard/etc/yard.yaml: PACKYARD_HOST is given twice.',
      '/srv/yard/etc/yard.yaml: PACKYARD_CONFIG belongs into the environment, not into the file.',
      'PACKYARD_PROT in /srv/yard/etc/yard.yaml is no setting; did you mean PACKYARD_PORT?',
    ]);
  });

  test.each(['- a\n- b\n', 'a: [', 'just words'])('no mapping: %j', async (content) => {
    const mistakes = await mistakesOf(env, file(content));
    expect(mistakes[0]).toContain('PACKYARD_CONFIG: /srv/yard/etc/yard.yaml cannot be used');
  });

  test('a file that is missing is a mistake', async () => {
    expect((await mistakesOf({ PACKYARD_CONFIG: '/nowhere/x.yaml' }))[0]).toContain('ENOENT');
  });
});

test('printing a configuration shows no secret', async () => {
  const config = await load({
    PACKYARD_ROOT_PASSWORD: 'hunter2hunter2',
    PACKYARD_ROOT_TOKEN: 'pyd-12345678901234567890',
    PACKYARD_DATABASE_URL: 'postgres://yard:hunter2@db/x',
  });
  for (const printed of [
    inspect(config, { depth: 9, showHidden: true }),
    JSON.stringify(config),
    String(config.rootPassword),
    [...showConfig(config).values()].join(),
  ]) {
    expect(printed).not.toContain('hunter2');
    expect(printed).not.toContain('pyd-');
  }
  expect(config.rootPassword?.reveal()).toBe('hunter2hunter2');
});
