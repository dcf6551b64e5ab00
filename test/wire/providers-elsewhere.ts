/** Another provider registry, and what a virtual registry answers of it. */
import { createHash } from 'node:crypto';
import { providerArchive, publisher, type ReleaseFile, sumsFile } from '../harness/terraform-providers.ts';
import type { VirtualScene } from './virtual-scene.ts';

export const platforms = ['linux_amd64', 'darwin_arm64'];
export const signer = publisher();
export const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

export interface OfferedProvider {
  readonly version: string;
  readonly publishedAt?: number;
  /** Fields of each platform's document that are told otherwise. */
  readonly lies?: Record<string, unknown>;
}

/** What clients are told of one platform. */
export interface ToldPackage {
  readonly filename: string;
  readonly shasum: string;
  readonly download_url: string;
  readonly shasums_url: string;
  readonly shasums_signature_url: string;
  readonly protocols: readonly string[];
  readonly signing_keys: { readonly gpg_public_keys: readonly { key_id: string; ascii_armor: string }[] };
}

/** What clients are told of a version by a mirror, by platform. */
export interface ToldArchives {
  readonly archives: Readonly<Record<string, { readonly url: string; readonly hashes: readonly string[] }>>;
}

/** Ways to offer and to ask, for the provider that each test of a scene has of its own. */
export function providersOf(at: VirtualScene) {
  const type = (): string => `net${at.count}`;
  const v1 = (namespace: string, rest: string): string => `v1/${namespace}/${type()}/${rest}`;
  return {
    type,
    v1,
    mirror: (host: string, rest: string): string => `mirror/${host}/elsewhere/${type()}/${rest}`,
    /** Puts a provider into the upstream's registry; answers the files of its releases by name. */
    offer(namespace: string, versions: readonly OfferedProvider[]): ReadonlyMap<string, ReleaseFile> {
      const base = `/providers/${namespace}/${type()}`;
      at.upstream.on('/.well-known/terraform.json', { 'providers.v1': '/providers/' });
      at.upstream.on(`${base}/versions`, {
        versions: versions.map(({ version }) => ({ version, protocols: ['6.0'], platforms: platforms.map(partsOf) })),
        warnings: null,
      });
      const files = versions.flatMap((one) => offerVersion(at, type(), base, one));
      return new Map(files.map((file) => [file.name, file]));
    },
    packageOf: (namespace: string, version: string, platform = 'linux/amd64'): Promise<ToldPackage> =>
      at.json(v1(namespace, `${version}/download/${platform}`)),
    async versionsOf(namespace: string): Promise<string[]> {
      const { versions } = await at.json<{ versions: { version: string }[] }>(v1(namespace, 'versions'));
      return versions.map(({ version }) => version);
    },
    /** What the address of a document gives to somebody without a credential. */
    async fetchFile(address: string): Promise<{ status: number; bytes: Buffer }> {
      const answer = await fetch(new URL(address, at.server.url));
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    },
  };
}

function partsOf(platform: string): { os: string; arch: string } {
  const [os = '', arch = ''] = platform.split('_');
  return { os, arch };
}

function offerVersion(
  { upstream }: VirtualScene,
  type: string,
  base: string,
  { version, publishedAt, lies = {} }: OfferedProvider,
): readonly ReleaseFile[] {
  const archives = platforms.map((platform) => ({ platform, file: providerArchive(type, version, platform) }));
  const files = archives.map(({ file }) => file);
  const sums = sumsFile(type, version, files);
  const signature = signer.sign(sums);
  for (const file of [...files, sums, signature]) upstream.on(`/files/${version}/${file.name}`, file.body);
  const key = { key_id: signer.keyId, ascii_armor: signer.armored, source: 'them', source_url: upstream.url };
  for (const { platform, file } of archives) {
    const { os, arch } = partsOf(platform);
    upstream.on(`${base}/${version}/download/${os}/${arch}`, {
      protocols: ['6.0'],
      os,
      arch,
      filename: file.name,
      download_url: `${upstream.url}/files/${version}/${file.name}`,
      shasums_url: `/files/${version}/${sums.name}`,
      shasums_signature_url: `${upstream.url}/files/${version}/${signature.name}`,
      shasum: digestOf(file.body),
      signing_keys: { gpg_public_keys: [key] },
      ...lies,
    });
  }
  if (publishedAt !== undefined)
    upstream.on(`${base}/${version}`, { published_at: new Date(publishedAt).toISOString() });
  return [...files, sums, signature];
}
