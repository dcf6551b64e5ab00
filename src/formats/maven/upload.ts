import { chunksOf } from '../../lib/streams.ts';
import { Problem, problem } from '../../problems/problem.ts';
import type { StoredFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { publishFile } from './publish-file.ts';
import { type FilePath, metadataName, readPath } from './path.ts';
import { mayReplace } from './replacement.ts';
import { compareChecksum } from './upload-checksum.ts';

/** What clients make of `maven-metadata.xml` is at most this large, bytes. */
const largestMetadata = 16 * 1024 ** 2;

/** `PUT /*`: a file, a digest to compare, or metadata that is made here anyway. */
export async function upload(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const path = readPath(request.params['*'] ?? '');
  if (path === null || request.hasTrailingSlash) throw notInLayout(request.params['*'] ?? '');
  requireBody(request);
  const { target, checksum } = path;
  if (target.kind === 'metadata') return discard(request);
  if (checksum !== null) return compareChecksum(request, registry, target, checksum);
  return receiveFile(request, registry, target);
}

function notInLayout(path: string): Problem {
  const sentence = 'A path is group/artifact/version/artifact-version.extension';
  return problem('invalid-request', `${sentence}; ${JSON.stringify(path.slice(0, 200))} is not.`);
}

function requireBody({ headers }: FormatRequest): void {
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw problem('invalid-request', 'file is missing');
  }
  if (headers['content-range'] !== undefined) {
    throw problem('partial-upload', 'Resuming an upload is not offered here: send the whole file.');
  }
}

/** Refusing what every client writes after its files would fail the deploy; keeping it would let a stale copy win. Not held. */
async function discard(request: FormatRequest): Promise<Reply> {
  let size = 0;
  for await (const chunk of chunksOf(request.body())) {
    size += chunk.length;
    if (size > largestMetadata)
      throw problem('body-too-large', `${metadataName} has at most ${largestMetadata} bytes.`);
  }
  return { status: 200 };
}

async function receiveFile(request: FormatRequest, registry: RegistryPort, path: FilePath): Promise<Reply> {
  const length = request.headers['content-length'];
  const size = length === undefined ? undefined : Number(length);
  const existing = mayReplace(registry, path) ? null : await existingFile(registry, path);
  // A file of another size can't have the same bytes: told before they are sent.
  if (existing !== null && size !== undefined && existing.size !== size) throw fileExists(path);
  const staged = await registry.stage(request.body(), size === undefined ? {} : { expectedSize: size });
  if (existing === null) await publishFile(registry, path, staged);
  else if (existing.digests.sha256 !== staged.digests.sha256) throw fileExists(path);
  return { status: 200 };
}

function fileExists({ fileName }: FilePath): Problem {
  return problem('file-exists', `${fileName} has been published before, with other bytes.`);
}

async function existingFile(registry: RegistryPort, { name, version, fileName }: FilePath): Promise<StoredFile | null> {
  try {
    return await registry.file(name, { versionKey: version.key, fileName });
  } catch (error) {
    if (error instanceof Problem && error.code === 'file-not-found') return null;
    throw error;
  }
}
