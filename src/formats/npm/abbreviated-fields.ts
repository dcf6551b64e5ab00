import type { JsonObject } from './json-body.ts';

/**
 * Fields of a version that installing needs:
 * https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md#abbreviated-version-object.
 * `dist` and `deprecated` are left out, since whoever writes the document adds them.
 */
const kept = [
  'name',
  'version',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'acceptDependencies',
  'bin',
  'directories',
  'engines',
  'os',
  'cpu',
  'libc',
  'funding',
  '_hasShrinkwrap',
] as const;

/** The abbreviated form of a manifest. `hasInstallScript` is there only when true. */
export function abbreviated(manifest: JsonObject, hasInstallScript: boolean): Record<string, unknown> {
  const short: Record<string, unknown> = {};
  for (const field of kept) if (manifest[field] !== undefined) short[field] = manifest[field];
  const bundled = manifest['bundledDependencies'];
  if (short['bundleDependencies'] === undefined && bundled !== undefined) short['bundleDependencies'] = bundled;
  if (hasInstallScript) short['hasInstallScript'] = true;
  return short;
}
