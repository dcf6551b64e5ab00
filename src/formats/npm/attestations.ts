import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { attestationName } from './attestation-name.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import { parseName } from './names.ts';
import { cleanVersion } from './versions.ts';

/**
 * `GET /-/npm/v1/attestations/NAME@VERSION`: the Sigstore bundle that came with the version, 404 when none did.
 * https://github.com/npm/cli/blob/latest/node_modules/pacote/lib/registry.js
 */
export async function getAttestations(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const spec = request.params.spec ?? '';
  const at = spec.lastIndexOf('@');
  if (at <= 0) throw problem('not-found', 'Ask for NAME@VERSION.');
  const name = parseName(spec.slice(0, at));
  const version = cleanVersion(spec.slice(at + 1));
  if (version === null) throw problem('version-not-found');
  // Asked of every project that a view shows, as the document is that names this URL.
  const fileName = attestationName(name.display, version);
  const file = await registry.file(name, { versionKey: version, fileName, role: 'attestation' });
  const bundle = parsed(await registry.read(file));
  // What another registry answered: the statements of the publisher and of that registry.
  const theirs = member(bundle, 'attestations');
  if (Array.isArray(theirs)) return { status: 200, body: { attestations: theirs } };
  return { status: 200, body: { attestations: [{ predicateType: predicateTypeOf(bundle), bundle }] } };
}

/** Whatever was published is kept as it came: text that is no bundle is as good as none. */
function parsed(bytes: Buffer): JsonObject {
  try {
    const bundle: unknown = JSON.parse(bytes.toString('utf8'));
    if (isObject(bundle)) return bundle;
  } catch {
    // Falls through to the same answer.
  }
  throw problem('file-not-found', 'The attestation of this version can not be read.');
}

/** The type stands in the signed statement: https://github.com/in-toto/attestation/tree/main/spec/v1. */
function predicateTypeOf(bundle: JsonObject): string {
  const envelope = member(bundle, 'dsseEnvelope');
  const payload = isObject(envelope) ? member(envelope, 'payload') : undefined;
  const statement = typeof payload === 'string' ? parsed(Buffer.from(payload, 'base64')) : {};
  const type = member(statement, 'predicateType');
  return typeof type === 'string' ? type : 'https://slsa.dev/provenance/v1';
}
