import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { parseName } from './names.ts';
import type { Packument } from './packument.ts';
import { fullPackument } from './packument-kinds.ts';
import { writeVersion } from './packument-text.ts';
import { cleanVersion } from './versions.ts';

/** `GET NAME/VERSION` and `GET NAME/TAG`: the manifest of one version, from whichever source of the mount has it. */
export async function getVersionManifest(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params['name'] ?? '');
  const wanted = request.params['version'] ?? '';
  const packument = await registry.contents(fullPackument, name);
  if (packument === null) throw problem('package-not-found');
  const found = find(packument, wanted, request.base);
  if (found === null)
    throw problem('version-not-found', `${name.display} has no version or tag ${JSON.stringify(wanted)}.`);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: found };
}

function find(packument: Packument, wanted: string, base: string): string | null {
  const version = packument.tags.get(wanted) ?? cleanVersion(wanted);
  const entry = packument.entries.find((entry) => entry.version === version);
  return entry === undefined ? null : writeVersion(packument, entry, base);
}
