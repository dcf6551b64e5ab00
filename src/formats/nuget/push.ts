import type { StagedFile } from '../../registry/model.ts';
import type { PublishedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { embeddedNames, type Embedded, readEmbedded } from './embedded-files.ts';
import { type NuGetManifest, summaryOf } from './manifest.ts';
import { nameOf, packageFileName, versionNameOf } from './names.ts';
import { type Nupkg, openNupkg, streamOf } from './nupkg.ts';
import { refuseSymbols } from './package-types.ts';
import { reasonPhrase } from './problem.ts';
import { receivePackage } from './push-body.ts';

/** `PUT /`: one package, in a form. https://learn.microsoft.com/nuget/api/package-publish-resource#push-a-package */
export async function push(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const staged = await receivePackage(request, registry);
  const nupkg = await openNupkg(staged);
  refuseSymbols(nupkg.nuspec);
  const embedded = await readEmbedded(nupkg);
  await publish(registry, staged, nupkg, embedded);
  return { status: 201, headers: warnings(embedded), body: { message: '201 Created' } };
}

async function publish(registry: RegistryPort, staged: StagedFile, nupkg: Nupkg, embedded: Embedded): Promise<void> {
  const { nuspec } = nupkg;
  const name = nameOf(nuspec.id);
  const version = versionNameOf(nuspec.version);
  const manifest = manifestOf(staged, nupkg, embedded);
  await registry.publish({
    name,
    version,
    manifest: JSON.stringify(manifest),
    summary: JSON.stringify(summaryOf(manifest)),
    readme: embedded.readmeText,
    description: manifest.summary ?? manifest.description,
    keywords: [...new Set([...manifest.tags, ...(manifest.title === undefined ? [] : [manifest.title])])],
    files: [
      archiveFile(packageFileName(name, version, '.nupkg'), staged),
      await metadataFile(registry, packageFileName(name, version, '.nuspec'), nupkg.nuspecBytes),
      ...(await embeddedFiles(registry, embedded)),
    ],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'refuse',
    status: null,
  });
}

function manifestOf({ size, digests }: StagedFile, { nuspec }: Nupkg, { files }: Embedded): NuGetManifest {
  return {
    id: nuspec.id,
    version: nuspec.version.full,
    semVer2: nuspec.semVer2,
    ...nuspec.fields,
    packageTypes: nuspec.packageTypes,
    dependencyGroups: nuspec.dependencyGroups,
    size,
    sha512: digests.sha512,
    embedded: files.map(({ file }) => file),
  };
}

function archiveFile(name: string, staged: StagedFile): PublishedFile {
  return { name, role: 'archive', staged, uniqueKey: null, ifExists: 'refuse' };
}

async function metadataFile(
  registry: RegistryPort,
  name: string,
  bytes: Buffer,
  details: string | null = null,
): Promise<PublishedFile> {
  const staged = await registry.stage(streamOf(bytes));
  return { name, role: 'metadata', staged, uniqueKey: null, ifExists: 'refuse', details };
}

async function embeddedFiles(registry: RegistryPort, { files }: Embedded): Promise<readonly PublishedFile[]> {
  const published: PublishedFile[] = [];
  for (const { file, bytes, mediaType } of files) {
    published.push(await metadataFile(registry, embeddedNames[file], bytes, JSON.stringify({ mediaType })));
  }
  return published;
}

/** Clients print this header whatever the status is. */
function warnings({ warnings: list }: Embedded): Readonly<Record<string, string>> {
  return list.length === 0 ? {} : { 'x-nuget-warning': reasonPhrase(list.join(' ')) };
}
