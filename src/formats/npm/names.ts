import validate from 'validate-npm-package-name';
import type { Name } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';

/** What GitLab allows in a scope or base name, less the capitals that npm refuses for new packages. */
const publishable = /^(?:@[a-z0-9_-][a-z0-9_.-]*\/)?[a-z0-9_.-]*[a-z0-9_][a-z0-9_.-]*$/;

const invalidName =
  'Validation failed: Name should be a valid NPM package name: https://github.com/npm/validate-npm-package-name#naming-rules.';

/**
 * A name that is asked for. Legacy names (capitals, `~`, over 214 characters) are let through, since an upstream may
 * have them; text that can't be a name at all is `package-not-found`.
 */
export function parseName(raw: string): Name {
  if (!isName(raw)) throw problem('package-not-found');
  return nameFrom(raw);
}

/** The same for a write: text that can't be a name is `invalid-name`. */
export function parsePresentName(raw: string): Name {
  return isName(raw) ? nameFrom(raw) : parseNewName(raw);
}

/** Whether anything can have that name, legacy spellings included. */
export function isName(raw: string): boolean {
  // `validate` throws on lone surrogates.
  return raw.length <= 512 && !/\p{Cs}/u.test(raw) && validate(raw).validForOldPackages;
}

/** A name that is published to: npm's rules for new packages, or `invalid-name`. Names of Node's modules are allowed. */
export function parseNewName(raw: string): Name {
  // `validate` throws on lone surrogates.
  const verdict = validate(raw.replace(/\p{Cs}/gu, ' '));
  const complaints = [...(verdict.errors ?? []), ...(verdict.warnings ?? [])].filter(
    (text) => !text.endsWith('is a core module name'),
  );
  if (complaints.length === 0 && !publishable.test(raw)) {
    complaints.push('name can only contain lower-case letters, digits, "-", "_" and "."');
  }
  if (complaints.length > 0) throw problem('invalid-name', `${invalidName} (${complaints.join('; ')})`);
  return nameFrom(raw);
}

function nameFrom(raw: string): Name {
  return { key: raw, display: raw, namespace: raw.startsWith('@') ? raw.slice(1, raw.indexOf('/')) : null };
}

/** The name without its scope: `pkg` of `@scope/pkg`. */
export function baseName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** File name of a version's tarball as URLs show it: `pkg-1.0.0.tgz`, scope left out. */
export function tarballName(name: string, version: string): string {
  return `${baseName(name)}-${version}.tgz`;
}

/** Where a version's tarball lies below a mount, in the spelling that npm's lock files leave out. */
export function tarballPath(name: string, version: string): string {
  return `${name}/-/${tarballName(name, version)}`;
}

/** Where a version's attestations lie below a mount. */
export function attestationsPath(name: string, version: string): string {
  return `-/npm/v1/attestations/${name}@${version}`;
}

/** Clients write `@scope%2fname`, `@scope/name` and `%40scope%2fname`: afterwards a name is always one segment. */
export function joinScopes(segments: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string;
    const next = segments[i + 1];
    if (segment.startsWith('@') && !segment.includes('/') && next !== undefined) {
      joined.push(`${segment}/${next}`);
      i++;
    } else {
      joined.push(segment);
    }
  }
  return joined;
}
