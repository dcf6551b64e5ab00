import { createHash } from 'node:crypto';
import type { Digests } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { Algorithm, MetadataPath } from './path.ts';
import { type Metadata, readMetadata } from './read-metadata.ts';
import { ServedDigests } from './served-digests.ts';

const served = new ServedDigests();

/** `GET …/maven-metadata.xml` on any level, or a digest of what that would answer. */
export async function metadataReply(
  request: FormatRequest,
  registry: RegistryPort,
  path: MetadataPath,
  checksum: Algorithm | null,
): Promise<Reply> {
  const key = keyOf(request, registry, path);
  const known = checksum === null ? null : served.recall(key, registry.now());
  if (checksum !== null && known !== null) return digestReply(known[checksum]);
  const metadata = await readMetadata(registry, path);
  if (checksum !== null) return digestReply(digestOf(metadata.bytes, checksum));
  const digests = digestsOf(metadata.bytes);
  served.remember(key, digests, registry.now());
  return documentReply(metadata, digests);
}

/** Who asks for what, as far as that can be told. */
function keyOf({ base, headers }: FormatRequest, { caller }: RegistryPort, { folder }: MetadataPath): string {
  return JSON.stringify([base, folder, caller.kind, caller.username, headers['user-agent']?.slice(0, 200)]);
}

function documentReply({ bytes, mediaType, lastModified }: Metadata, digests: Digests): Reply {
  return {
    document: {
      etag: `"${digests.sha256}"`,
      lastModified,
      mediaType,
      identity: () => Promise.resolve(bytes),
    },
    headers: { 'cache-control': 'private, no-cache', ...checksumHeaders(digests) },
    repeatable: false,
  };
}

/** The bare digest, as every client of Maven's layout reads it. */
export function digestReply(hex: string): Reply {
  return { status: 200, headers: { 'cache-control': 'private, no-cache', etag: `"${hex}"` }, body: hex };
}

function checksumHeaders({ md5, sha1, sha256, sha512 }: Digests): Record<string, string> {
  return { 'X-Checksum-MD5': md5, 'X-Checksum-SHA1': sha1, 'X-Checksum-SHA256': sha256, 'X-Checksum-SHA512': sha512 };
}

function digestsOf(bytes: Buffer): Digests {
  const digest = (algorithm: Algorithm): string => digestOf(bytes, algorithm);
  return { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256'), sha512: digest('sha512') };
}

function digestOf(bytes: Buffer, algorithm: Algorithm): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
