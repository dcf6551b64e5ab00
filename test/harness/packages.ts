/** npm packages for tests: on disk for the real clients, as publish bodies in memory for everything else. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TarEntry, tarball } from './tarball.ts';

export type Manifest = { readonly name: string; readonly version: string } & Readonly<Record<string, unknown>>;

export interface PackageOptions {
  readonly name: string;
  /** `1.0.0` unless told. */
  readonly version?: string;
  /** Further keys of `package.json`, or other values for the usual ones. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Further files, path → text. `index.js` and `README.md` are always there. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface NpmPackage {
  readonly manifest: Manifest;
  readonly readme: string;
  readonly tarball: Buffer;
  /** Lower-case hex SHA-1. */
  readonly shasum: string;
  /** `sha512-<base64>`. */
  readonly integrity: string;
}

/** What a publish body says that differs from the truth. */
export interface PublishLies {
  readonly tag?: string;
  readonly shasum?: string;
  readonly integrity?: string;
  /** `length` of the attachment. */
  readonly length?: number;
  /** Laid over the manifest in `versions`, while the tarball keeps the true one. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Other bytes than the package's own, under the package's digests. */
  readonly tarball?: Buffer;
  readonly attachment?: string;
  /** Further attachments, such as a provenance bundle. */
  readonly attachments?: Readonly<Record<string, unknown>>;
}

/** The package as `npm pack` would make it; the same options always give the same bytes. */
export async function npmPackage(options: PackageOptions): Promise<NpmPackage> {
  const files = filesOf(options);
  const entries: TarEntry[] = Object.entries(files).map(([name, content]) => ({ name: `package/${name}`, content }));
  return packageOf(manifestOf(options), await tarball(entries));
}

/** A package around any archive, with that archive's true digests. */
export function packageOf(manifest: Manifest, archive: Buffer): NpmPackage {
  return {
    manifest,
    readme: readmeOf(manifest),
    tarball: archive,
    shasum: createHash('sha1').update(archive).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
  };
}

/** The body of `PUT /:name` as npm sends it. */
export function publishDocument(of: NpmPackage, lies: PublishLies = {}): Record<string, unknown> {
  const { name, version } = of.manifest;
  const bytes = lies.tarball ?? of.tarball;
  return {
    _id: name,
    name,
    'dist-tags': { [lies.tag ?? 'latest']: version },
    versions: {
      [version]: {
        ...of.manifest,
        readme: of.readme,
        readmeFilename: 'README.md',
        _id: `${name}@${version}`,
        _nodeVersion: '20.20.2',
        _npmVersion: '11.19.1',
        dist: {
          integrity: lies.integrity ?? of.integrity,
          shasum: lies.shasum ?? of.shasum,
          tarball: `http://registry.invalid/${name}/-/${name}-${version}.tgz`,
        },
        ...lies.manifest,
      },
    },
    access: null,
    _attachments: {
      [lies.attachment ?? `${name}-${version}.tgz`]: {
        content_type: 'application/octet-stream',
        data: bytes.toString('base64'),
        length: lies.length ?? bytes.length,
      },
      ...lies.attachments,
    },
  };
}

/** Writes the package's files into `folder`, made when missing: what a client publishes from. */
export async function writePackage(folder: string, options: PackageOptions): Promise<string> {
  for (const [name, content] of Object.entries(filesOf(options))) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    if (name.startsWith('bin/')) await chmod(file, 0o755);
  }
  return folder;
}

/** Writes a consumer's `package.json`: private, with the given dependencies. */
export async function writeConsumer(
  folder: string,
  dependencies: Readonly<Record<string, string>> = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'consumer', version: '0.0.0', private: true, dependencies };
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return folder;
}

function filesOf(options: PackageOptions): Record<string, string> {
  const manifest = manifestOf(options);
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'index.js': `module.exports = ${JSON.stringify(`${manifest.name}@${manifest.version}`)};\n`,
    'README.md': readmeOf(manifest),
    ...options.files,
  };
}

function manifestOf({ name, version = '1.0.0', manifest = {} }: PackageOptions): Manifest {
  return { name, version, description: `Package ${name}`, license: 'MIT', main: 'index.js', ...manifest };
}

function readmeOf(manifest: Manifest): string {
  return `# ${manifest.name}\n`;
}
