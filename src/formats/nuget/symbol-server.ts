import type { IncomingHttpHeaders } from 'node:http';
import { problem } from '../../problems/problem.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { PdbIdentity } from './portable-pdb.ts';

/** Stored under the path that debuggers ask for. */
export function symbolFileName(file: string, signature: string): string {
  const lower = file.toLowerCase();
  return `${lower}/${signature.toLowerCase()}/${lower}`;
}

/**
 * `GET /symbolfiles/:file/:signature/:file`: a PDB by the id that is written in its assembly, to those who know its checksum
 * from there too (`Symbolchecksum: SHA256:…`).
 */
export async function symbolFile({ params, headers }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { file = '', signature = '', again = '' } = params;
  const checksums = checksumsIn(headers);
  if (checksums.length === 0) throw problem('invalid-request', 'Missing checksum header');
  if (file.toLowerCase() !== again.toLowerCase()) throw notFound();
  const found = await registry.symbols(symbolFileName(file, signature));
  if (found === null) throw notFound();
  const { checksum } = JSON.parse(found.details ?? '{}') as Partial<PdbIdentity>;
  if (checksum === undefined || !checksums.includes(checksum)) throw notFound();
  const mediaType = 'application/octet-stream';
  return {
    file: found,
    mediaType,
    downloadName: file,
    mutable: false,
    counted: false,
    headers: { vary: 'Symbolchecksum' },
  };
}

function notFound(): Error {
  return problem('file-not-found', 'Symbol Not Found');
}

/** SHA-256 checksums in lower-case hex; several are separated by semicolons, as are other algorithms. */
function checksumsIn(headers: IncomingHttpHeaders): readonly string[] {
  const header = headers['symbolchecksum'];
  const text = Array.isArray(header) ? header.join(';') : (header ?? '');
  return text
    .split(/[;,]/)
    .map((part) => /^\s*sha256:([0-9a-f]{64})\s*$/i.exec(part)?.[1]?.toLowerCase())
    .filter((checksum) => checksum !== undefined);
}
