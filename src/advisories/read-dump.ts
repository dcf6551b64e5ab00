import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openZip } from '../lib/zip-reader.ts';

/** A text that should be a record of OSV, and where it stood. */
export interface DumpEntry {
  readonly place: string;
  readonly text: string;
}

const largestRecord = 16 * 1024 ** 2;

/**
 * The records of a dump: a ZIP archive of JSON files (as OSV publishes one for each ecosystem), a folder of them, one
 * JSON file, or a file with one record a line (`.jsonl`, `.ndjson`).
 */
export async function* readDump(path: string): AsyncGenerator<DumpEntry> {
  if ((await stat(path)).isDirectory()) yield* filesOf(path);
  else if (/\.(?:jsonl|ndjson)$/i.test(path)) yield* linesOf(path);
  else if (await isZip(path)) yield* entriesOf(path);
  else yield { place: path, text: await readFile(path, 'utf8') };
}

async function* filesOf(folder: string): AsyncGenerator<DumpEntry> {
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (!name.endsWith('.json')) continue;
    const place = join(folder, name);
    yield { place, text: await readFile(place, 'utf8') };
  }
}

async function* linesOf(path: string): AsyncGenerator<DumpEntry> {
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() !== '') yield { place: `${path}:${number}`, text };
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'PK\u0003\u0004';
  } finally {
    await file.close();
  }
}

async function* entriesOf(path: string): AsyncGenerator<DumpEntry> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const source = {
      size,
      read: (start: number, length: number) => readAt(file, start, Math.min(length, size - start)),
    };
    const zip = await openZip(source, { maxEntries: 2_000_000, maxUnpacked: 64 * 1024 ** 3, lenient: true });
    for (const entry of zip.entries) {
      if (!entry.name.endsWith('.json')) continue;
      yield { place: `${path}: ${entry.name}`, text: (await zip.readEntry(entry, largestRecord)).toString('utf8') };
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}
