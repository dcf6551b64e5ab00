import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { Name } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { parseName } from './names.ts';
import { buildPackument, type Packument } from './packument.ts';
import { fullPackument } from './packument-kinds.ts';
import { writeVersion } from './packument-text.ts';
import { cleanVersion } from './versions.ts';

/** `GET NAME/VERSION` and `GET NAME/TAG`: the manifest of one version. */
export async function getVersionManifest(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params['name'] ?? '');
  const wanted = request.params['version'] ?? '';
  const source = await registry.package(name, 'manifest');
  if (source === null) throw problem('package-not-found');
  const found =
    find(buildPackument(source), wanted, request.base) ?? (await findInView(registry, name, wanted, request.base));
  if (found === null)
    throw problem('version-not-found', `${name.display} has no version or tag ${JSON.stringify(wanted)}.`);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: found };
}

function find(packument: Packument, wanted: string, base: string): string | null {
  const version = packument.tags.get(wanted) ?? cleanVersion(wanted);
  const entry = packument.entries.find((entry) => entry.version === version);
  return entry === undefined ? null : writeVersion(packument, entry, base);
}

/** Several projects may share a name in a view; the version may be in another than the first. */
async function findInView(registry: RegistryPort, name: Name, wanted: string, base: string): Promise<string | null> {
  if (registry.scope === 'project') return null;
  const document = await registry.document(fullPackument, name);
  const text = Buffer.from(await document.identity()).toString('utf8');
  return find(fullPackument.parse(text), wanted, base);
}
