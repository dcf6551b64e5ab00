import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { Problem, problem } from '../../problems/problem.ts';
import { isObject, member } from './json-body.ts';
import { baseName, parseName, tarballName } from './names.ts';
import type { PutMeaning } from './put-document.ts';
import { listedVersions, packageAt, storedPackage } from './stored-package.ts';

/**
 * `PUT /NAME/-rev/REV` with the document minus versions: removes those that are missing. Tags that pointed to them go
 * with them, so the document's own tags aren't read.
 */
export const unpublishVersions: PutMeaning = async (registry, name, document, rev) => {
  const versions = member(document, 'versions');
  if (!isObject(versions)) throw problem('invalid-request', '"versions" must be an object.');
  const source = await packageAt(registry, name, rev);
  const listed = listedVersions(source);
  const missing = listed.filter((version) => !Object.hasOwn(versions, version.version));
  if (missing.length > 0 && missing.length === listed.length) {
    throw problem(
      'invalid-request',
      'The document keeps none of the published versions. Remove a whole package with DELETE: npm unpublish NAME --force.',
    );
  }
  if (missing.length > 0) {
    const keys = missing.map((version) => version.key);
    await registry.removeVersions(name, keys, { ifRevision: source.revision });
  }
  return { status: 201, body: { ok: true } };
};

/** `DELETE /NAME/-rev/REV`: removes the package with all its versions. */
export async function unpublishPackage(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params.name ?? '');
  const source = await packageAt(registry, name, request.params.rev ?? '');
  await registry.removePackage(name, { ifRevision: source.revision });
  return { status: 200, body: { ok: true } };
}

/**
 * `DELETE …/NAME/-/FILE.tgz/-rev/REV`, the last request of an unpublish. The archive has gone with its version, so
 * nothing is left to do. npm cuts the path out of the tarball's URL by length: with a registry set per scope, or
 * tarballs of another mount, the mount's path stands a second time, whole or in part, before the name.
 * https://github.com/npm/cli/blob/latest/workspaces/libnpmpublish/lib/unpublish.js
 */
export async function removeTarball(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const file = baseName(request.params.file ?? '');
  if (!file.endsWith('.tgz')) throw problem('not-found');
  if (await isPublished(registry, nameIn(request.params['*'] ?? ''), file)) {
    throw problem(
      'revision-conflict',
      `${file} is still published. Unpublish its version first: npm unpublish NAME@VERSION.`,
    );
  }
  return { status: 200, body: { ok: true } };
}

/** The last name in a path that may have more before it: `pkg`, or `@scope/pkg`. */
function nameIn(path: string): string {
  const segments = path.split('/');
  const name = segments.pop() ?? '';
  const scope = segments.pop();
  return scope?.startsWith('@') === true ? `${scope}/${name}` : name;
}

async function isPublished(registry: RegistryPort, rawName: string, file: string): Promise<boolean> {
  try {
    const source = await storedPackage(registry, parseName(rawName));
    return source.versions.some((version) => tarballName(source.name, version.version) === file);
  } catch (error) {
    // Unknown and hidden packages alike: their archives are gone as far as this caller can tell.
    if (error instanceof Problem && error.status < 500) return false;
    throw error;
  }
}
