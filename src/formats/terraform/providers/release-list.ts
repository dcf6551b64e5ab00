import type { SourceFile, SourceVersion } from '../../../registry/model.ts';
import type { DocumentKind } from '../../format.ts';
import { shasumsName, signatureName } from './file-names.ts';
import type { SignatureDetails } from './release.ts';
import { type ProviderVersion, type ReleaseManifest, platformsOf } from './version-list.ts';

/** A key that a release may be signed with, as registries hand it out. */
export interface SigningKey {
  /** 16 hex digits. */
  readonly keyId: string;
  readonly armored: string;
  readonly trustSignature: string;
  readonly source: string;
}

/** All that a client is told of one version. */
export interface ProviderRelease extends ProviderVersion {
  readonly keys: readonly SigningKey[];
  /** There is a `SHA256SUMS`, which mirrored providers haven't. */
  readonly hasSums: boolean;
}

/** One, or none. */
export interface ProviderReleases {
  readonly releases: readonly ProviderRelease[];
}

/** A kind of document about one version. */
export interface ReleaseKind extends DocumentKind<ProviderReleases> {
  readonly version: string;
}

const idOfKind = 'terraform-provider-release-1 ';

/** What is released of one version: other registries tell it of one version at a time. */
export function providerRelease(version: string): ReleaseKind {
  return {
    id: `${idOfKind}${version}`,
    version,
    reads: 'manifest',
    readsFiles: true,
    build: ({ name, versions }) => ({
      releases: versions
        .filter((one) => one.version === version && one.status !== 'hidden')
        .map((one) => built(name, one)),
    }),
    parse: (text) => JSON.parse(text) as ProviderReleases,
    versions: ({ releases }) => releases,
    keep: ({ releases }, kept) => ({ releases: releases.filter((one) => kept.has(one.version)) }),
    merge: (documents) => ({ releases: documents.flatMap(({ releases }) => releases).slice(0, 1) }),
    render: (document) => ({ mediaType: 'application/json', parts: [JSON.stringify(document)] }),
  };
}

export function isReleaseKind(kind: DocumentKind): kind is ReleaseKind {
  return kind.id.startsWith(idOfKind) && 'version' in kind;
}

function built(type: string, { version, publishedAt, fragment, files }: SourceVersion): ProviderRelease {
  const { protocols, archives } = JSON.parse(fragment) as ReleaseManifest;
  return {
    version,
    publishedAt,
    protocols,
    platforms: platformsOf(files, archives),
    keys: files.filter(({ name }) => name === signatureName(type, version)).flatMap(keyOf),
    hasSums: files.some(({ name }) => name === shasumsName(type, version)),
  };
}

function keyOf({ details }: SourceFile): SigningKey[] {
  if (details === null) return [];
  const { keyId, armored } = JSON.parse(details) as SignatureDetails;
  return [{ keyId, armored, trustSignature: '', source: '' }];
}
