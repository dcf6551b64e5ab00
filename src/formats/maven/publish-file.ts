import { problem } from '../../problems/problem.ts';
import type { FileRole, Publication, StagedFile } from '../../registry/model.ts';
import type { RegistryPort } from '../format.ts';
import { isCompanion, isPom } from './completeness.ts';
import type { FilePath } from './path.ts';
import { readPluginDescriptor } from './plugin-descriptor.ts';
import { pluginKeyword } from './plugin-prefixes.ts';
import { largestPom, type Pom, readPom } from './pom.ts';
import { mayReplace } from './replacement.ts';
import { oldBuilds } from './retention.ts';
import { unknownSummary, type VersionSummary } from './version-summary.ts';

/** Adds a received file to its version, which is made when this is its first; a POM also tells what the version is. */
export async function publishFile(registry: RegistryPort, path: FilePath, staged: StagedFile): Promise<void> {
  const { name, version, fileName } = path;
  const details = await detailsOf(path, staged);
  const pom = isPom(path.file) ? readPom(await pomBytes(staged), path) : null;
  await registry.publish({
    name,
    version,
    ...(pom === null ? unknown : described(pom)),
    readme: null,
    files: [
      {
        name: fileName,
        role: roleOf(path),
        staged,
        uniqueKey: null,
        details,
        ifExists: mayReplace(registry, path) ? 'replace' : 'same-bytes',
      },
    ],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    ...retention(registry, path, pom),
    status: null,
  });
}

/** What a new build makes of the old ones. */
function retention(registry: RegistryPort, path: FilePath, pom: Pom | null): Pick<Publication, 'supersedes'> {
  const kept = Number(registry.setting('snapshot_builds') ?? 0);
  if (kept === 0 || path.file.build === null) return {};
  const pomsCount = pom?.packaging === 'pom';
  return { supersedes: (files) => oldBuilds(path, files, { kept, pomsCount }) };
}

type Description = Pick<Publication, 'manifest' | 'summary' | 'description' | 'keywords' | 'renewVersion'>;

/** Of a version whose POM isn't there (yet). */
const unknown: Description = { manifest: '{}', summary: unknownSummary, description: null, keywords: [] };

function described(pom: Pom): Description {
  const summary: VersionSummary = { packaging: pom.packaging };
  return {
    manifest: JSON.stringify(pom),
    summary: JSON.stringify(summary),
    description: pom.description ?? pom.name,
    keywords: pom.packaging === 'maven-plugin' ? [pluginKeyword] : [],
    renewVersion: true,
  };
}

async function pomBytes(staged: StagedFile): Promise<Buffer> {
  if (staged.size > largestPom) throw problem('file-too-large', `A POM has at most ${largestPom} bytes.`);
  return staged.bytes ?? staged.read(0, staged.size);
}

async function detailsOf(path: FilePath, staged: StagedFile): Promise<string | null> {
  const { classifier, extension } = path.file;
  const plugin = classifier === null && extension === 'jar' ? await readPluginDescriptor(staged, path) : null;
  return plugin === null ? null : JSON.stringify(plugin);
}

function roleOf({ file }: FilePath): FileRole {
  if (file.kind === 'ivy' || isPom(file) || file.extension === 'module') return 'metadata';
  if (isCompanion(file)) return 'signature';
  return file.classifier === null ? 'archive' : 'asset';
}
