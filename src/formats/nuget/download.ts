import { Problem, problem } from '../../problems/problem.ts';
import type { Name, StoredFile, VersionName } from '../../registry/model.ts';
import type { FileReply, FormatRequest, RegistryPort, Reply } from '../format.ts';
import { flatContainer } from './document-kinds.ts';
import { embeddedNames } from './embedded-files.ts';
import { parseVersion } from './nuget-version.ts';
import { nameOf, packageFileName, readVersion, versionNameOf } from './names.ts';

/** `GET /download/:id/index.json`: every version of a package. */
export async function versionList({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { document: await registry.document(flatContainer, nameOf(params['id'] ?? '')) };
}

/** `GET /download/:id/:version/:file`: the package, its nuspec or its symbols; README, icon and licence by those words. */
export async function download({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = nameOf(params['id'] ?? '');
  const version = versionNameOf(readVersion(params['version'] ?? ''));
  return sendPart(registry, name, version, (params['file'] ?? '').toLowerCase());
}

/** The package itself, for V2's URLs. */
export function sendPackage(registry: RegistryPort, name: Name, version: VersionName): Promise<FileReply> {
  return sendPart(registry, name, version, packageFileName(name, version, '.nupkg'));
}

async function sendPart(registry: RegistryPort, name: Name, version: VersionName, asked: string): Promise<FileReply> {
  const { fileName, mediaType } = partOf(name, version, asked);
  const file = await findFile(registry, name, { versionKey: version.key, fileName });
  const downloadName = fileName.includes('.') ? fileName : `${name.key}.${version.key}.${fileName}`;
  return {
    file,
    mediaType: mediaType ?? imageType(file.details),
    downloadName,
    mutable: false,
    counted: fileName.endsWith('.nupkg'),
  };
}

/** Clients that ask a group without credentials first must hear that there may be more for those who sign in. */
async function findFile(
  registry: RegistryPort,
  name: Name,
  select: { versionKey: string; fileName: string },
): Promise<StoredFile> {
  try {
    return await registry.file(name, select);
  } catch (error) {
    const isMissing = error instanceof Problem && error.code === 'file-not-found';
    if (isMissing && registry.caller.kind === 'anonymous' && registry.scope !== 'project') {
      throw problem('unauthenticated', 'Sign in to see whether this package is in a project that you may read.');
    }
    throw error;
  }
}

interface Part {
  readonly fileName: string;
  /** `null`: the icon's, which its details tell. */
  readonly mediaType: string | null;
}

function partOf(name: Name, version: VersionName, asked: string): Part {
  const archive = archiveName(name, version, asked);
  if (archive !== null) return { fileName: archive, mediaType: 'application/octet-stream' };
  if (asked === embeddedNames.icon) return { fileName: asked, mediaType: null };
  if (asked === embeddedNames.readme || asked === embeddedNames.license) {
    return { fileName: asked, mediaType: 'text/plain; charset=utf-8' };
  }
  throw problem('file-not-found', `${name.display} ${version.display} has no file of that name.`);
}

/** The version may be spelt in the file's name as in the path: `x.1.0.nupkg`. */
function archiveName(name: Name, version: VersionName, asked: string): string | null {
  const found = /^(.+)\.(s?nupkg|nuspec)$/.exec(asked);
  if (found === null) return null;
  const [, stem = '', ending] = found;
  if (ending === 'nuspec') return stem === name.key ? packageFileName(name, version, '.nuspec') : null;
  const spelt = stem.startsWith(`${name.key}.`) ? parseVersion(stem.slice(name.key.length + 1)) : null;
  return spelt?.key === version.key ? packageFileName(name, version, ending === 'nupkg' ? '.nupkg' : '.snupkg') : null;
}

function imageType(details: string | null): string {
  const { mediaType } = JSON.parse(details ?? '{}') as { mediaType?: string };
  return mediaType === 'image/png' || mediaType === 'image/jpeg' ? mediaType : 'application/octet-stream';
}
