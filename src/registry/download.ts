import { findFile, findFileByDigest, findSymbols } from '../catalog/files.ts';
import { problem } from '../problems/problem.ts';
import type { Name, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';
import { sourcesOf } from './resolve.ts';
import { visibleHere } from './search.ts';
import { virtualFile } from './virtual-file.ts';

const readLimit = 2 ** 20;

/** The newest downloadable file of a name, from the first source that has it. */
export async function fileOf(
  binding: Binding,
  name: Name,
  select: { versionKey?: string; fileName: string; role?: string; whole?: boolean },
): Promise<StoredFile> {
  const file = await find(binding, name, select);
  return select.whole === true ? wholeFile(file) : file;
}

async function find(
  binding: Binding,
  name: Name,
  select: { versionKey?: string; fileName: string; role?: string },
): Promise<StoredFile> {
  if (binding.mount.scope === 'virtual') {
    const { versionKey = null, fileName, role = null } = select;
    return virtualFile(binding, binding.mount, { name, versionKey, fileName, role, sha256: null });
  }
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
  if (file !== undefined) return file;
  if (binding.mount.scope === 'virtual') {
    return virtualFile(binding, binding.mount, { name: null, versionKey: null, fileName, role: null, sha256 });
  }
  throw problem('file-not-found', `There is no file ${fileName} with this digest here.`);
}

/** The newest downloadable symbols of a name, of whatever package, in what the mount shows to the caller. */
export async function symbolsNamed(binding: Binding, fileName: string): Promise<StoredFile | null> {
  const wanted = { format: binding.format.id, name: fileName, visible: visibleHere(binding) };
  return (await findSymbols(binding.services.database, wanted)) ?? null;
}

/** A small file's bytes, for formats that serve what they once stored inside a document. */
export async function readFile(binding: Binding, coming: StoredFile): Promise<Buffer> {
  const file = await wholeFile(coming);
  if (file.size > readLimit) throw problem('file-too-large', `The file ${file.name} is too large to be read whole.`);
  return binding.services.blobs.read(file.digests.sha256);
}

/** The file once it has come, where it is still coming from an upstream. */
async function wholeFile(file: StoredFile): Promise<StoredFile> {
  if (file.arriving === undefined) return file;
  return file.arriving.whole().catch(() => {
    throw problem('upstream-failed', `The file ${file.name} did not come as it must.`);
  });
}
