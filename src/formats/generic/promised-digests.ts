import type { IncomingHttpHeaders } from 'node:http';
import { problem } from '../../problems/problem.ts';
import type { PromisedDigests } from '../../registry/model.ts';

type Algorithm = keyof PromisedDigests;

const lengths: Readonly<Record<Algorithm, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };
const structured = new Map<string, Algorithm>([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
  ['sha', 'sha1'],
  ['md5', 'md5'],
]);

/**
 * The digests that an upload promises: `X-Checksum-Sha256` and its kin in hex (Artifactory's), `Content-Digest` and
 * `Repr-Digest` (RFC 9530), `Content-MD5`. Two that disagree, or one that can't be a digest, are refused.
 */
export function readPromisedDigests(headers: IncomingHttpHeaders): PromisedDigests {
  const promised = new Map<Algorithm, string>();
  for (const algorithm of Object.keys(lengths) as Algorithm[]) {
    const value = headers[`x-checksum-${algorithm}`];
    if (typeof value === 'string' && value !== '') add(promised, algorithm, value.trim().toLowerCase());
  }
  for (const name of ['content-digest', 'repr-digest']) {
    for (const [algorithm, hex] of dictionary(headers[name])) add(promised, algorithm, hex);
  }
  const contentMd5 = headers['content-md5'];
  if (typeof contentMd5 === 'string') add(promised, 'md5', hexOf(contentMd5));
  return Object.fromEntries(promised);
}

function add(promised: Map<Algorithm, string>, algorithm: Algorithm, hex: string): void {
  if (hex.length !== lengths[algorithm] || !/^[0-9a-f]+$/.test(hex)) {
    throw problem('invalid-request', `The ${algorithm} checksum in the headers is not one.`);
  }
  if ((promised.get(algorithm) ?? hex) !== hex) {
    throw problem('digest-mismatch', `Two headers promise different ${algorithm} checksums.`);
  }
  promised.set(algorithm, hex);
}

/** `sha-256=:base64:, sha-512=:base64:`; algorithms we don't compute are passed over. */
function* dictionary(header: string | string[] | undefined): Generator<[Algorithm, string]> {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  for (const member of text.split(',')) {
    const equals = member.indexOf('=');
    const algorithm = structured.get(member.slice(0, equals).trim().toLowerCase());
    if (equals < 0 || algorithm === undefined) continue;
    const bytes = /^:([A-Za-z0-9+/=]*):$/.exec(member.slice(equals + 1).trim())?.[1];
    yield [algorithm, hexOf(bytes ?? '')];
  }
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
