import { findFile } from '../catalog/files.ts';
import { problem } from '../problems/problem.ts';
import type { Name, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';
import { sourcesOf } from './resolve.ts';

const readLimit = 2 ** 20;

/** The newest downloadable file of a name, from the first source that has it. */
export async function fileOf(
  binding: Binding,
  name: Name,
  select: { versionKey?: string; fileName: string },
): Promise<StoredFile> {
  for (const row of await sourcesOf(binding, name)) {
    const file = await findFile(binding.services.database, row.id, select.fileName, select.versionKey);
    if (file !== undefined) return file;
  }
  throw problem('file-not-found', `${name.display} has no file ${select.fileName} here.`);
}

/** A small file's bytes, for formats that serve what they once stored inside a document. */
export function readFile(binding: Binding, file: StoredFile): Promise<Buffer> {
  if (file.size > readLimit) throw problem('file-too-large', `The file ${file.name} is too large to be read whole.`);
  return binding.services.blobs.read(file.digests.sha256);
}
