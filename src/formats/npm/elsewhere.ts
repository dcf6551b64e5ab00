import { type Elsewhere, encodedPath } from '../elsewhere.ts';
import type { FormatRequest } from '../format.ts';
import { parseName, tarballName } from './names.ts';
import { versionIn } from './tarball.ts';

/**
 * Who asks in order to write would be told of versions that are not ours: npm refuses to publish one that is lower than
 * those of a public package of the same name.
 */
function asksToWrite({ headers, query }: FormatRequest): boolean {
  return headers['npm-command'] === 'publish' || query.get('write') === 'true';
}

/**
 * Yarn 2 and newer sends its token to whatever host a document names for its tarballs (4.18 was seen to, with
 * `npmAlwaysAuth`): where it comes with one, it stays here.
 */
function takesTokenAlong({ headers }: FormatRequest): boolean {
  return (headers.authorization ?? '') !== '' && /^got\b/i.test(headers['user-agent'] ?? '');
}

/** `GET NAME` at the public registry. */
export function packumentElsewhere(request: FormatRequest): Elsewhere | null {
  const name = parseName(request.params['name'] ?? '');
  return asksToWrite(request) || takesTokenAlong(request) ? null : { name, path: scopedPath(name.key) };
}

/** `GET NAME/-/FILE`: npm asks us for tarballs of its public registry, whatever the document says. */
export function tarballElsewhere(request: FormatRequest): Elsewhere | null {
  const name = parseName(request.params['name'] ?? '');
  const version = versionIn(request.params['file'] ?? '', name);
  if (version === null || takesTokenAlong(request)) return null;
  return { name, path: `${scopedPath(name.key)}/-/${encodedPath(tarballName(name.display, version))}` };
}

/** `GET NAME/VERSION`. */
export function versionElsewhere(request: FormatRequest): Elsewhere | null {
  const name = parseName(request.params['name'] ?? '');
  if (asksToWrite(request) || takesTokenAlong(request)) return null;
  return { name, path: `${scopedPath(name.key)}/${encodedPath(request.params['version'] ?? '')}` };
}

/** `@scope%2fname`, as npm writes it. */
function scopedPath(name: string): string {
  return name.startsWith('@') ? `@${encodedPath(name.slice(1))}` : encodedPath(name);
}
