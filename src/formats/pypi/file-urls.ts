import { companions } from './stored-files.ts';
import type { SimpleFile } from './simple-project.ts';

/** Where this mount has the file. */
export function fileUrl(base: string, { sha256, fileName }: Pick<SimpleFile, 'sha256' | 'fileName'>): string {
  return `${base}/files/${sha256}/${encodeURIComponent(fileName)}`;
}

/** `null` when the file has no attestations. */
export function provenanceUrl(base: string, file: SimpleFile): string | null {
  return file.provenance === 'ours' ? `${fileUrl(base, file)}${companions.provenance}` : file.provenance;
}
