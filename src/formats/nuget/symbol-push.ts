import type { Readable } from 'node:stream';
import { InvalidArchive, type ZipEntry } from '../../lib/zip-reader.ts';
import { problem } from '../../problems/problem.ts';
import type { PublishedFile, SourceVersion, StagedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { nameOf, packageFileName, versionNameOf } from './names.ts';
import { type Nupkg, openNupkg } from './nupkg.ts';
import { isSymbolsPackage } from './package-types.ts';
import { identifyPdb } from './portable-pdb.ts';
import { receivePackage } from './push-body.ts';
import { symbolFileName } from './symbol-server.ts';

const mostPdbs = 500;
/** Its PDBs are unpacked and kept: the disk must not pay many times what the upload cost. PDBs deflate to a third or a quarter. */
const limits = { maxRatio: 20 };
const allowed = /(?:\.(?:pdb|nuspec|xml|psmdcp|rels|p7s)|^\[Content_Types\]\.xml)$/i;

/**
 * `PUT /symbolpackage`: the symbols of a version that has been pushed before, the newest answering.
 * https://learn.microsoft.com/nuget/api/symbol-package-publish-resource
 */
export async function pushSymbols(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const staged = await receivePackage(request, registry);
  const snupkg = await openNupkg(staged, limits);
  checkSymbols(snupkg);
  const name = nameOf(snupkg.nuspec.id);
  const version = versionNameOf(snupkg.nuspec.version);
  const known = await knownVersion(registry, snupkg);
  const archive: PublishedFile = {
    name: packageFileName(name, version, '.snupkg'),
    role: 'symbols',
    staged,
    uniqueKey: null,
    ifExists: 'replace',
  };
  await registry.publish({
    name,
    version: { key: known.key, display: known.version },
    manifest: known.fragment,
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [archive, ...(await pdbFiles(registry, snupkg))],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    // Should it be removed at this moment, symbols alone would be a version that nobody can restore.
    ifVersionMissing: 'refuse',
    status: null,
  });
  return { status: 201, body: { message: '201 Created' } };
}

function checkSymbols({ nuspec, zip }: Nupkg): void {
  if (!isSymbolsPackage(nuspec)) throw problem('invalid-archive', 'The package type is not SymbolsPackage.');
  const foreign = zip.entries.find(({ kind, name }) => kind === 'file' && !allowed.test(name));
  if (foreign !== undefined) {
    throw problem('invalid-archive', `A symbol package holds portable PDBs only, not ${JSON.stringify(foreign.name)}.`);
  }
}

async function knownVersion(registry: RegistryPort, { nuspec }: Nupkg): Promise<SourceVersion> {
  const nuget = await registry.package(nameOf(nuspec.id), 'manifest');
  const known = nuget?.versions.find(({ key }) => key === nuspec.version.key);
  if (known !== undefined) return known;
  throw problem('version-not-found', `Push ${nuspec.id} ${nuspec.version.full} before its symbols.`);
}

/** Each PDB under a name that tells its signature: debuggers know nothing of packages. */
async function pdbFiles(registry: RegistryPort, { zip }: Nupkg): Promise<readonly PublishedFile[]> {
  const pdbs = zip.entries.filter(({ kind, name }) => kind === 'file' && /\.pdb$/i.test(name));
  if (pdbs.length === 0 || pdbs.length > mostPdbs) {
    throw problem('invalid-archive', `A symbol package holds 1 to ${mostPdbs} PDBs.`);
  }
  const files = new Map<string, PublishedFile>();
  for (const entry of pdbs) {
    const file = await pdbFile(entry, await stagePdb(registry, zip.openEntry(entry)));
    files.set(file.name, file);
  }
  return [...files.values()];
}

async function stagePdb(registry: RegistryPort, bytes: Readable): Promise<StagedFile> {
  try {
    return await registry.stage(bytes);
  } catch (error) {
    throw bytes.errored instanceof InvalidArchive ? problem('invalid-archive', bytes.errored.message) : error;
  }
}

async function pdbFile({ name, segments }: ZipEntry, staged: StagedFile): Promise<PublishedFile> {
  const identity = await identifyPdb(staged);
  if (identity === null) {
    throw problem('invalid-archive', `${JSON.stringify(name)} is no portable PDB: build with <DebugType>portable.`);
  }
  return {
    name: symbolFileName(segments.at(-1) ?? '', identity.signature),
    role: 'symbols',
    staged,
    uniqueKey: null,
    ifExists: 'replace',
    details: JSON.stringify(identity),
  };
}
