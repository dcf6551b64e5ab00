/** What the lock file says of one installed package. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly inBundle?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Production packages that run something when installed, each with the reason why that is fine. */
export const installScripts: Readonly<Record<string, string>> = {
  '@photostructure/sqlite':
    'optional, and its script only looks whether the shipped binary fits; it works with --ignore-scripts',
};

const licences: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
]);

/** Sentences, one for each production package that runs a script on install. */
export function unexpectedScripts(lock: Lock): string[] {
  return production(lock)
    .filter(({ name, locked }) => locked.hasInstallScript === true && !Object.hasOwn(installScripts, name))
    .map(({ name }) => `${name} runs a script when it is installed`);
}

/** Sentences, one for each production package whose licence isn't one of those we ship under. */
export function unexpectedLicences(lock: Lock): string[] {
  return production(lock)
    .filter(({ locked }) => !(locked.license ?? '?').split(/ OR |[()]/).some((one) => licences.has(one)))
    .map(({ name, locked }) => `${name} has the licence ${locked.license}`);
}

/** Sentences, one for each package that is bound to a host or not bound to its bytes. */
export function unboundPackages(lock: Lock): string[] {
  return all(lock).flatMap(({ name, locked }) => [
    ...(locked.resolved === undefined ? [] : [`${name} is bound to ${locked.resolved}`]),
    ...(isBoundToItsBytes(locked) ? [] : [`${name} has no sha512 integrity`]),
  ]);
}

/** A development tool of another platform may have been out of reach for whoever wrote the lock file. */
function isBoundToItsBytes({ integrity, inBundle, dev, optional, os }: LockedPackage): boolean {
  const foreign = dev === true && optional === true && os !== undefined;
  return integrity?.startsWith('sha512-') ?? (inBundle === true || foreign);
}

interface Named {
  readonly name: string;
  readonly locked: LockedPackage;
}

/** Everything but the project itself; a package nested in another goes by its own name. */
function all(lock: Lock): Named[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ name: path.split('node_modules/').at(-1) ?? path, locked }));
}

function production(lock: Lock): Named[] {
  return all(lock).filter(({ locked }) => locked.dev !== true);
}
