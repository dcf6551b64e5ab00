import { type Elsewhere, encodedPath } from '../elsewhere.ts';
import type { FormatRequest } from '../format.ts';
import { isSnapshot } from './file-name.ts';
import { nameOf, readPath } from './path.ts';

/**
 * Neither Maven nor Gradle has bearer tokens of its own: one is a header of the settings, which Maven sends to every host that
 * it is sent on to (3.9 was seen to).
 */
function takesTokenAlong({ headers }: FormatRequest): boolean {
  return /^bearer\b/i.test(headers.authorization ?? '');
}

/** The same path in another repository: files, their digests, and metadata of artifacts and groups. */
export function pathElsewhere(request: FormatRequest): Elsewhere | null {
  const { params, hasTrailingSlash } = request;
  const text = params['*'] ?? '';
  const target = hasTrailingSlash || takesTokenAlong(request) ? undefined : readPath(text)?.target;
  if (target === undefined) return null;
  const path = encodedPath(...text.split('/'));
  if (target.kind === 'file') return { name: target.name, path };
  const { folder } = target;
  if (isSnapshot(folder.at(-1) ?? '')) return { name: nameOf(folder.slice(0, -1)), path };
  // The folder may be a group: then the answer speaks of all plugins in it.
  return { name: nameOf(folder), below: `${folder.join('/')}/`, path };
}
