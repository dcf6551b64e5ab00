import { problem } from '../../problems/problem.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { Algorithm, FilePath } from './path.ts';

const lengths: Readonly<Record<Algorithm, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };
const largest = 4 * 1024;

/** `PUT …/file.sha1`: compared with the file that was received, and not kept. */
export async function compareChecksum(
  request: FormatRequest,
  registry: RegistryPort,
  { name, version, fileName }: FilePath,
  algorithm: Algorithm,
): Promise<Reply> {
  const promised = readChecksum(await request.text(largest), algorithm);
  const { digests } = await registry.file(name, { versionKey: version.key, fileName });
  if (digests[algorithm] !== promised) {
    throw problem('digest-mismatch', `The ${algorithm} of ${fileName} is ${digests[algorithm]}, not what was sent.`);
  }
  // GitLab's statuses.
  return { status: algorithm === 'sha1' ? 204 : 200 };
}

/** `hex`, or `hex  file name`, with any space around it. */
export function readChecksum(text: string, algorithm: Algorithm): string {
  const [token = ''] = text.trim().split(/\s+/, 1);
  const hex = token.toLowerCase();
  if (hex.length === lengths[algorithm] && /^[0-9a-f]+$/.test(hex)) return hex;
  throw problem('invalid-request', `The body is not a ${algorithm} in ${lengths[algorithm]} hexadecimal digits.`);
}
