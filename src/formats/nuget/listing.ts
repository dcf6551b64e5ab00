import { problem } from '../../problems/problem.ts';
import type { Name, SourceVersion } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { nameOf, readVersion } from './names.ts';
import { isListed, relisted } from './standing.ts';

/**
 * `DELETE /:id/:version`: off the lists, still there for those who name it; or gone, where the settings say so.
 * https://learn.microsoft.com/nuget/api/package-publish-resource#delete-a-package
 */
export async function remove(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version } = await versionIn(request, registry);
  if (registry.setting('delete') === 'remove') await registry.removeVersions(name, [version.key], {});
  else await setListed(registry, name, version, false);
  return { status: 204 };
}

/** `POST /:id/:version`: on the lists again. */
export async function relist(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version } = await versionIn(request, registry);
  await setListed(registry, name, version, true);
  return { status: 200, body: { message: '200 OK' } };
}

async function versionIn(
  { params }: FormatRequest,
  registry: RegistryPort,
): Promise<{ name: Name; version: SourceVersion }> {
  const name = nameOf(params['id'] ?? '');
  const { key } = readVersion(params['version'] ?? '');
  const nuget = await registry.package(name, 'summary');
  const version = nuget?.versions.find((candidate) => candidate.key === key);
  if (version === undefined) throw problem('version-not-found', `${name.display} has no version ${key} here.`);
  return { name, version };
}

async function setListed(registry: RegistryPort, name: Name, version: SourceVersion, listed: boolean): Promise<void> {
  if (isListed({ ...version, status: 'default' }) === listed) return;
  await registry.setStandings(name, new Map([[version.key, relisted(version, listed)]]));
}
