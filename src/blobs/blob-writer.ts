import type { SpillFile } from './spill-file.ts';

/** The last step of an upload: makes staged bytes durable under their SHA-256. Both may be repeated. */
export interface BlobWriter {
  /** Bytes that are still in memory. */
  commitBytes(sha256: string, bytes: Buffer): Promise<void>;
  /** A staging file; resolves with its new path, or with `null` when it stays where it is until it is discarded. */
  commitFile(sha256: string, size: number, file: SpillFile): Promise<string | null>;
}
