import { findFile, findFileByDigest, findSymbols } from '../catalog/files.ts';
import { problem } from '../problems/problem.ts';
import type { Name, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';
import { sourcesOf } from './resolve.ts';
import { visibleHere } from './search.ts';

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

/** The newest downloadable file with these bytes and this name, in what the mount shows to the caller. */
export async function fileByDigest(binding: Binding, sha256: string, fileName: string): Promise<StoredFile> {
  const file = await findFileByDigest(binding.services.database, {
    format: binding.format.id,
    sha256,
    name: fileName,
    visible: visibleHere(binding),
  });
  if (file === undefined) throw problem('file-not-found', `There is no file ${fileName} with this digest here.`);
  return file;
}

/** The newest downloadable symbols of a name, of whatever package, in what the mount shows to the caller. */
export async function symbolsNamed(binding: Binding, fileName: string): Promise<StoredFile | null> {
  const wanted = { format: binding.format.id, name: fileName, visible: visibleHere(binding) };
  return (await findSymbols(binding.services.database, wanted)) ?? null;
}

/** A small file's bytes, for formats that serve what they once stored inside a document. */
export function readFile(binding: Binding, file: StoredFile): Promise<Buffer> {
  if (file.size > readLimit) throw problem('file-too-large', `The file ${file.name} is too large to be read whole.`);
  return binding.services.blobs.read(file.digests.sha256);
}
