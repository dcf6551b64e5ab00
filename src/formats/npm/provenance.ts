import { problem } from '../../problems/problem.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import type { SentBundle } from './publish-document.ts';

const maxBundle = 1024 * 1024;

/**
 * Checks that a Sigstore bundle speaks of this very tarball, and gives the type of its statement. The signature itself is for
 * clients to verify. https://github.com/sigstore/protobuf-specs, https://github.com/in-toto/attestation/tree/main/spec/v1
 */
export function checkBundle(
  bundle: SentBundle,
  name: string,
  version: string,
  sha512: string,
): { predicateType: string } {
  if (Buffer.byteLength(bundle.text) > maxBundle) throw refusal('is larger than 1 MiB');
  const content = parsed(bundle.text);
  if (!textAt(content, 'mediaType').startsWith('application/vnd.dev.sigstore.bundle'))
    throw refusal('has no media type of one');
  const envelope = member(content, 'dsseEnvelope');
  const payload = isObject(envelope) ? textAt(envelope, 'payload') : '';
  if (payload === '') throw refusal('holds no signed statement');
  const statement = parsed(Buffer.from(payload, 'base64').toString('utf8'));
  const subjects = member(statement, 'subject');
  const [subject, ...others] = Array.isArray(subjects) ? (subjects as readonly unknown[]) : [];
  if (!isObject(subject) || others.length > 0) throw refusal('must speak of one subject');
  if (textAt(subject, 'name') !== packageUrl(name, version)) {
    throw refusal(`speaks of another package than ${packageUrl(name, version)}`);
  }
  const digest = member(subject, 'digest');
  if (!isObject(digest) || textAt(digest, 'sha512').toLowerCase() !== sha512)
    throw refusal('speaks of another tarball');
  const predicateType = textAt(statement, 'predicateType');
  if (predicateType === '' || predicateType.length > 512) throw refusal('has a statement without "predicateType"');
  return { predicateType };
}

/** https://github.com/package-url/purl-spec, as npm writes it. */
function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The same answer as for JSON of another kind.
  }
  throw refusal('is not a JSON object');
}

function textAt(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

function refusal(why: string) {
  return problem('invalid-request', `The Sigstore bundle ${why}. Publish again with a new one, or without provenance.`);
}
