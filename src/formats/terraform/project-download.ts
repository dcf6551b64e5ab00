import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { archiveReply, locatedVersion, storedArchive } from './module-file.ts';
import { readModuleName, readVersion } from './names.ts';

/**
 * `GET /modules/:name/:system[/:version]` of a project: the archive, the latest one without a version. With
 * `?terraform-get=1`, which go-getter adds to a plain URL, where it is and what kind.
 * https://developer.hashicorp.com/terraform/language/modules/sources#http-urls
 */
export async function downloadFromProject(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { params, query, base } = request;
  const name = readModuleName(params);
  const version = params['version'] === undefined ? null : readVersion(params).key;
  const listed = await locatedVersion(registry, name, version);
  if (query.get('terraform-get') !== '1') return archiveReply(await storedArchive(registry, name, listed));
  const path = version === null ? name.key : `${name.key}/${encodeURIComponent(version)}`;
  return { status: 204, headers: { 'x-terraform-get': `${base}/modules/${path}?archive=${listed.archive}` } };
}
