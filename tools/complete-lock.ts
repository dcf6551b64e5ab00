/**
 * Adds to `package-lock.json` the optional packages of other platforms that it lacks, and prints them. Run it after
 * `npm install` from a registry that doesn't offer them all: npm then leaves them out of the lock file, and `npm ci`
 * refuses such a lock file everywhere.
 *
 *     npx tsx tools/complete-lock.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import semver from 'semver';

export interface LockedDependent {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package without its digest: only another platform asks for it. */
export interface ForeignPackage {
  readonly version: string;
  readonly cpu: readonly string[];
  readonly dev?: true;
  readonly libc?: readonly string[];
  readonly optional: true;
  readonly os: readonly string[];
}

/** What is missing, by its place in the lock file. Throws for a package whose name doesn't say its platform. */
export function missingPackages(packages: Readonly<Record<string, LockedDependent>>): Record<string, ForeignPackage> {
  const missing: Record<string, ForeignPackage> = {};
  for (const [place, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const nearest = placesSeenFrom(place, name).findLast((seen) => Object.hasOwn(packages, seen));
      if (nearest !== undefined && semver.satisfies(packages[nearest]?.version ?? '', version)) continue;
      const beside = `${place.slice(0, Math.max(0, place.lastIndexOf('node_modules/')))}node_modules/${name}`;
      const taken = Object.hasOwn(packages, beside) || Object.hasOwn(missing, beside);
      missing[taken ? `${place}/node_modules/${name}` : beside] = foreignPackage(name, version, dev === true);
    }
  }
  return missing;
}

/** Where Node looks for a package, from the root down to the dependent's own folder. */
function placesSeenFrom(place: string, name: string): string[] {
  const parts = place.split('/node_modules/');
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/node_modules/'));
  return ['', ...folders].map((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
}

function foreignPackage(name: string, version: string, dev: boolean): ForeignPackage {
  const found = /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)-?(.*)$/.exec(
    name,
  );
  if (found === null || !/^\d/.test(version)) throw new Error(`${name}@${version}: which platform, which version?`);
  const [, os = '', cpu = '', abi = ''] = found;
  const libc = os !== 'linux' ? null : abi.startsWith('musl') ? 'musl' : abi.startsWith('gnu') ? 'glibc' : null;
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc === null ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedDependent> };
  const missing = missingPackages(lock.packages);
  const entries = Object.entries<LockedDependent>({ ...lock.packages, ...missing });
  lock.packages = Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(
    Object.keys(missing)
      .map((place) => `${place}\n`)
      .join(''),
  );
}
