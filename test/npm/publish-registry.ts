import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { RegistryPort } from '../../src/formats/format.ts';
import { npm } from '../../src/formats/npm/index.ts';
import { Problem, problem } from '../../src/problems/problem.ts';
import { withMountLinks } from '../../src/formats/npm/mount-links.ts';
import type { Publication, Published, StagedFile } from '../../src/registry/model.ts';
import { put } from '../../src/formats/npm/put.ts';
import { type NpmPackage, publishDocument, type PublishLies } from '../harness/packages.ts';
import { base, origin } from './call.ts';
import { FakeRegistry } from './fake-registry.ts';

/** A fake registry that receives uploads and publications, and stores neither. */
export class PublishRegistry extends FakeRegistry {
  readonly published: Publication[] = [];
  readonly signed: string[] = [];
  stagings = 0;
  /** Streams staged bytes, as for an upload too large for memory. */
  spills = false;
  maxSize = 50 * 1024 * 1024;
  known: readonly string[] = [];

  override async stage(body?: Readable): Promise<StagedFile> {
    this.stagings++;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as Readable) {
      size += (chunk as Buffer).length;
      if (size > this.maxSize) throw problem('file-too-large', 'File is too large.');
      chunks.push(chunk as Buffer);
    }
    const bytes = Buffer.concat(chunks);
    const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    return {
      size: bytes.length,
      digests: { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256'), sha512: digest('sha512') },
      bytes: this.spills ? null : bytes,
      open: () => Readable.from([bytes]),
      read: async (start, length) => bytes.subarray(start, start + length),
    };
  }

  override async publish(publication?: Publication): Promise<Published> {
    const { version, name } = publication as Publication;
    if (this.known.includes(`${name.key}@${version.key}`)) throw problem('version-exists', 'The pipeline says so.');
    this.published.push(publication as Publication);
    return { packageId: 3, versionId: 1, revision: 8, createdPackage: true, createdVersion: true, files: [] };
  }

  override sign(text?: string): { keyId: string; signature: string } {
    this.signed.push(text as string);
    return { keyId: 'SHA256:key', signature: 'signature' };
  }
}

/** `PUT /name`, the body cut into pieces of `pieceSize` bytes; errors in npm's words. */
export async function sendPut(
  registry: RegistryPort,
  name: string,
  body: unknown,
  options: { rev?: string; pieceSize?: number; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const pieces: Buffer[] = [];
  const size = options.pieceSize ?? 65_536;
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  const request = {
    method: 'PUT',
    params: { name, ...(options.rev === undefined ? {} : { rev: options.rev }) },
    query: new URLSearchParams(),
    headers: options.headers ?? {},
    base,
    origin,
    hasTrailingSlash: false,
    body: () => Readable.from(pieces),
    text: () => Promise.reject(new Error('a PUT is read as a stream')),
    json: () => Promise.reject(new Error('a PUT is read as a stream')),
  };
  try {
    const reply = await put(request, registry);
    if (!('status' in reply)) throw new Error('a PUT is answered plainly');
    return { status: reply.status, body: reply.body as Record<string, unknown> };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, body: answer } = npm.problem(error);
    return { status, body: answer as Record<string, unknown> };
  }
}

/** Whatever JSON may be. */
export type Loose = ReturnType<typeof JSON.parse>;

/** Publishes a package, its body bent by `lies` and `change`, to a registry of its own. */
export async function publish(
  of: NpmPackage,
  lies: PublishLies = {},
  change: (body: Loose) => unknown = (body) => body,
) {
  const registry = new PublishRegistry();
  const answer = await sendPut(registry, of.manifest.name, change(publishDocument(of, lies)));
  return { registry, answer, publication: registry.published[0] as Publication };
}

/** A stored manifest as one mount shows it. */
export function shown(text: string | null | undefined): Loose {
  return JSON.parse(withMountLinks(text ?? '', 'https://host/npm'));
}
