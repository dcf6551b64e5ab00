import { problem } from '../../../problems/problem.ts';

/** What a file of a release is, told by its name as goreleaser and HashiCorp spell them. */
export type ReleaseFile =
  | { readonly kind: 'archive'; readonly os: string; readonly arch: string }
  | { readonly kind: 'shasums' | 'signature' | 'manifest' };

const archiveEnd = /^_([a-z0-9]{1,32})_([a-z0-9]{1,32})\.zip$/;

/** `terraform-provider-<type>_<version>`, which every file of a release begins with. */
export function fileStem(type: string, version: string): string {
  return `terraform-provider-${type}_${version}`;
}

/** `invalid-path` unless the file belongs to the release. */
export function releaseFile(type: string, version: string, fileName: string): ReleaseFile {
  const found = knownFile(type, version, fileName);
  if (found !== null) return found;
  const stem = fileStem(type, version);
  throw problem(
    'invalid-path',
    `Files are called ${stem}_<os>_<arch>.zip, ${stem}_SHA256SUMS, ${stem}_SHA256SUMS.sig and ${stem}_manifest.json.`,
  );
}

export function knownFile(type: string, version: string, fileName: string): ReleaseFile | null {
  const stem = fileStem(type, version);
  if (!fileName.startsWith(stem)) return null;
  const end = fileName.slice(stem.length);
  if (end === '_SHA256SUMS') return { kind: 'shasums' };
  if (end === '_SHA256SUMS.sig') return { kind: 'signature' };
  if (end === '_manifest.json') return { kind: 'manifest' };
  const [, os, arch] = archiveEnd.exec(end) ?? [];
  return os === undefined || arch === undefined ? null : { kind: 'archive', os, arch };
}

export function shasumsName(type: string, version: string): string {
  return `${fileStem(type, version)}_SHA256SUMS`;
}

export function signatureName(type: string, version: string): string {
  return `${shasumsName(type, version)}.sig`;
}
