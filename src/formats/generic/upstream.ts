import { type FileWanted, known, type UpstreamFile, type UpstreamProtocol } from '../upstream-protocol.ts';

/** A tree of plain files, `name/version/path` below its base: nothing says what a file must be, or when it was made. */
export const genericUpstream = {
  claims: 'name',
  explains: (name) => ({ name: { key: name, display: name, namespace: null }, kind: null }),
  // Generic has no documents.
  document: () => known(null),
  file: (wanted) => known(fileOf(wanted)),
} satisfies UpstreamProtocol;

function fileOf({ name, versionKey, fileName }: FileWanted): UpstreamFile | null {
  if (name === null || versionKey === null) return null;
  const path = [name.key, versionKey, ...fileName.split('/')].map(encodeURIComponent).join('/');
  return { path, name, version: versionKey, publishedAt: null, digests: {}, mutable: true };
}
