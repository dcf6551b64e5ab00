/**
 * What `npm test` leaves to CI, so that it takes less than three minutes: processes that are killed, stores that fail in
 * every way, gigabytes, long tables of attacks, and all but the first client of each format. `REQUIRE_CLIENTS=1 npm test` runs everything.
 */
import { readdirSync } from 'node:fs';

const slow = [
  'test/processes/**',
  'test/contracts/blob-store.test.ts',
  'test/contracts/s3-faults.test.ts',
  'test/contracts/s3-blobs.test.ts',
  'test/contracts/filesystem-blobs.test.ts',
  'test/wire/*crash.test.ts',
  'test/wire/crowd.test.ts',
  'test/wire/generic-big.test.ts',
  'test/wire/postgres-outage.test.ts',
  'test/wire/s3.test.ts',
  'test/wire/s3-big.test.ts',
  'test/wire/name-twins.test.ts',
  'test/wire/virtual-api-fuzz.test.ts',
  'test/wire/virtual-attacks-content.test.ts',
  'test/wire/virtual-attacks-upstream.test.ts',
  'test/wire/virtual-cleanup.test.ts',
  'test/wire/virtual-outage.test.ts',
];

/** The clients that stand for their format from day to day. */
const everydayClients = new Set(['curl-generic.test.ts', 'npm.test.ts']);

/** Globs of what this run leaves out; none where every client is required. */
export function leftOut(env: Readonly<Record<string, string | undefined>> = process.env): readonly string[] {
  if (env['REQUIRE_CLIENTS'] === '1' || isAskedFor(process.argv)) return [];
  return [...slow, ...otherClients()];
}

/** `npx vitest run test/processes`: whoever names files means them. */
function isAskedFor(args: readonly string[]): boolean {
  return args.slice(2).some((arg) => /^(?:\.\/)?(?:src|test|tools)\//.test(arg));
}

function otherClients(): string[] {
  return readdirSync(new URL('clients/', import.meta.url))
    .filter((name) => name.endsWith('.test.ts') && !everydayClients.has(name))
    .map((name) => `test/clients/${name}`);
}
