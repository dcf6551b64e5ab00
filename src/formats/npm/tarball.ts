import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { Name } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { baseName, parseName, tarballName } from './names.ts';
import { cleanVersion } from './versions.ts';

/** `GET NAME/-/FILE`: FILE is `base-1.0.0.tgz`, or `@scope/base-1.0.0.tgz` as GitLab writes it. */
export async function getTarball(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params['name'] ?? '');
  const version = versionIn(request.params['file'] ?? '', name);
  if (version === null) throw problem('file-not-found', `${name.display} has no such file.`);
  const fileName = tarballName(name.display, version);
  const file = await registry.file(name, { versionKey: version, fileName });
  return { file, mediaType: 'application/octet-stream', downloadName: fileName, mutable: false };
}

/** The version that a file's name speaks of; `null` when it is no tarball of the package. */
export function versionIn(file: string, { display, namespace }: Name): string | null {
  const plain = namespace !== null && file.startsWith(`@${namespace}/`) ? file.slice(namespace.length + 2) : file;
  const start = `${baseName(display)}-`;
  if (!plain.startsWith(start) || !plain.endsWith('.tgz')) return null;
  const version = plain.slice(start.length, -'.tgz'.length);
  return cleanVersion(version) === version ? version : null;
}
