import { mediaTypeOf } from '../../lib/media-type.ts';
import { Problem, problem } from '../../problems/problem.ts';
import type { StoredFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { isCompanion } from './completeness.ts';
import { isSnapshot } from './file-name.ts';
import { digestReply, metadataReply } from './metadata-reply.ts';
import { type FilePath, readPath } from './path.ts';
import { mayReplace } from './replacement.ts';

/** `GET /*`: a file, generated metadata, or a digest of either. */
export async function download(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const path = request.hasTrailingSlash ? null : readPath(request.params['*'] ?? '');
  if (path === null) throw problem('file-not-found', 'There is nothing at this path.');
  const { target, checksum } = path;
  if (target.kind === 'metadata') return metadataReply(request, registry, target, checksum);
  const file = await findFile(registry, target, checksum !== null);
  return checksum === null ? fileReply(registry, target, file) : digestReply(file.digests[checksum]);
}

/** Clients that ask a group without credentials first must hear that there may be more for those who sign in. */
async function findFile(
  registry: RegistryPort,
  { name, version, fileName }: FilePath,
  whole: boolean,
): Promise<StoredFile> {
  try {
    return await registry.file(name, { versionKey: version.key, fileName, whole });
  } catch (error) {
    const isMissing = error instanceof Problem && error.code === 'file-not-found';
    if (isMissing && registry.caller.kind === 'anonymous' && registry.scope !== 'project') {
      throw problem('unauthenticated', 'Sign in to see whether this file is in a project that you may read.');
    }
    throw error;
  }
}

function fileReply(registry: RegistryPort, path: FilePath, file: StoredFile): Reply {
  const mutable = mayReplace(registry, path);
  const { sha512 } = file.digests;
  return {
    file,
    mediaType: path.file.extension === 'module' ? 'application/json' : mediaTypeOf(file.name),
    downloadName: file.name,
    mutable,
    counted: !isCompanion(path.file),
    headers: {
      ...(sha512 === '' ? {} : { 'X-Checksum-SHA512': sha512 }),
      ...(isSnapshot(path.version.key) ? { 'cache-control': 'private, no-cache' } : {}),
    },
  };
}
