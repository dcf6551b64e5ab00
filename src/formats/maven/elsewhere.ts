import { type Elsewhere, encodedPath } from '../elsewhere.ts';
import type { FormatRequest } from '../format.ts';
import { isSnapshot } from './file-name.ts';
import { nameOf, readPath } from './path.ts';

/** The same path in another repository: files, their digests, and metadata of artifacts and groups. */
export function pathElsewhere({ params, hasTrailingSlash }: FormatRequest): Elsewhere | null {
  const text = params['*'] ?? '';
  const target = hasTrailingSlash ? undefined : readPath(text)?.target;
  if (target === undefined) return null;
  const path = encodedPath(...text.split('/'));
  if (target.kind === 'file') return { name: target.name, path };
  const { folder } = target;
  if (isSnapshot(folder.at(-1) ?? '')) return { name: nameOf(folder.slice(0, -1)), path };
  // The folder may be a group: then the answer speaks of all plugins in it.
  return { name: nameOf(folder), below: `${folder.join('/')}/`, path };
}
