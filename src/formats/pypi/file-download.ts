import { mediaTypeOf } from '../../lib/media-type.ts';
import { Problem, problem } from '../../problems/problem.ts';
import type { Name, StoredFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { possibleProjects } from './file-names.ts';
import { sha256Form } from './listed-file.ts';
import { companions, readDetails } from './stored-files.ts';

const endings = Object.values(companions);

/**
 * `GET /files/:sha256/:filename`: a distribution by its digest and name, or what lies beside it (`.metadata`, `.asc`,
 * `.provenance`) by the digest of the distribution.
 */
export async function getFile(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  try {
    return await findFile(request, registry);
  } catch (error) {
    // Whoever came to a view without a name may find it with one.
    const mayBeHidden = registry.caller.kind === 'anonymous' && registry.scope !== 'project';
    if (mayBeHidden && error instanceof Problem && error.code === 'file-not-found') throw problem('unauthenticated');
    throw error;
  }
}

async function findFile({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const sha256 = (params['sha256'] ?? '').toLowerCase();
  const fileName = params['filename'] ?? '';
  if (!sha256Form.test(sha256)) throw problem('file-not-found');
  const ending = endings.find((text) => fileName.endsWith(text));
  if (ending !== undefined) return companion(registry, sha256, fileName.slice(0, -ending.length), ending);
  const file = await registry.fileByDigest(sha256, fileName);
  return { file, mediaType: mediaTypeOf(fileName), downloadName: fileName, mutable: false, redirectable: true };
}

async function companion(registry: RegistryPort, sha256: string, fileName: string, ending: string): Promise<Reply> {
  if (registry.scope === 'virtual') return virtualCompanion(registry, fileName, ending);
  const owner = await registry.fileByDigest(sha256, fileName);
  const { project } = readDetails(owner.details);
  const name: Name = { key: project, display: project, namespace: null };
  const downloadName = `${fileName}${ending}`;
  const file = await registry.file(name, { fileName: downloadName });
  if (file.versionId !== owner.versionId) await checkOwner(registry, name, fileName, sha256, file);
  return companionReply(file, downloadName, ending);
}

function companionReply(file: StoredFile, downloadName: string, ending: string): Reply {
  const isProvenance = ending === companions.provenance;
  const mediaType = isProvenance ? 'application/vnd.pypi.integrity.v1+json' : 'text/plain; charset=utf-8';
  // Metadata is bound to the bytes of its file; the others may be made anew for the same bytes.
  return { file, mediaType, downloadName, mutable: ending !== companions.metadata, counted: false };
}

/** By name: asking for the distribution by its digest would fetch it. */
async function virtualCompanion(registry: RegistryPort, fileName: string, ending: string): Promise<Reply> {
  const downloadName = `${fileName}${ending}`;
  for (const project of possibleProjects(fileName)) {
    const name: Name = { key: project, display: project, namespace: null };
    const file = await registry.file(name, { fileName: downloadName }).catch(unlessMissing);
    if (file !== null) return companionReply(file, downloadName, ending);
  }
  throw problem('file-not-found');
}

function unlessMissing(error: unknown): null {
  if (error instanceof Problem && error.code === 'file-not-found') return null;
  throw error;
}

/** Several projects of a group may have the same file: what lies beside another one of that name is refused. */
async function checkOwner(
  registry: RegistryPort,
  name: Name,
  fileName: string,
  sha256: string,
  companionFile: StoredFile,
): Promise<void> {
  const owner = await registry.file(name, { fileName });
  if (owner.versionId !== companionFile.versionId || owner.digests.sha256 !== sha256) throw problem('file-not-found');
}
