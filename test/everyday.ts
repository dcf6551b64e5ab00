/**
 * What `npm test` leaves to CI, so that it takes less than three minutes: processes that are killed, stores that fail in
 * every way, gigabytes, most of virtual registries, and all but the first clients. `REQUIRE_CLIENTS=1 npm test` runs everything.
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
  'test/wire/http-shutdown.test.ts',
  'test/wire/name-twins*.test.ts',
  'test/wire/refused-publish.test.ts',
];

/** The clients that stand for their format from day to day. */
const everydayClients = new Set(['curl-generic.test.ts', 'npm.test.ts']);

/** Those that stand for virtual registries. */
const everydayVirtual = new Set(['api', 'attacks', 'npm', 'rules'].map((part) => `virtual-${part}.test.ts`));

/** Globs of what this run leaves out; none where every client is required. */
export function leftOut(env: Readonly<Record<string, string | undefined>> = process.env): readonly string[] {
  if (env['REQUIRE_CLIENTS'] === '1' || isAskedFor(process.argv)) return [];
  return [
    ...slow,
    ...others('clients', everydayClients),
    ...others('wire', everydayVirtual).filter((path) => path.includes('/virtual-')),
  ];
}

/** `npx vitest run test/processes`: whoever names files means them. */
function isAskedFor(args: readonly string[]): boolean {
  return args.slice(2).some((arg) => /^(?:\.\/)?(?:src|test|tools)\//.test(arg));
}

function others(folder: string, but: ReadonlySet<string>): string[] {
  return readdirSync(new URL(`${folder}/`, import.meta.url))
    .filter((name) => name.endsWith('.test.ts') && !but.has(name))
    .map((name) => `test/${folder}/${name}`);
}
