import { problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { archiveName, listedVersion, storedArchive } from './module-file.ts';
import type { ModuleContent, ModulePart } from './module-manifest.ts';
import { readModuleName, readVersion } from './names.ts';
import { addressed } from './registry-download.ts';
import { type ListedVersion, moduleVersions, sourceOf } from './version-list.ts';

/** `GET …/:namespace/:name/:system/versions`. */
export async function listVersions(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const isProjects = request.params['namespace'] === undefined;
  const { view, name } = isProjects
    ? { view: registry, name: readModuleName(request.params) }
    : await addressed(request, registry);
  try {
    return { document: await view.document(moduleVersions, name) };
  } catch (error) {
    // GitLab's answer in a namespace that may be seen, for a module that may not or isn't there.
    if (isProjects || registry.scope === 'virtual' || !isMissing(error)) throw error;
    return { status: 200, body: { modules: [{ versions: [], source: null }] } };
  }
}

/** `GET …/:namespace/:name/:system[/:version]`: GitLab's fields and those of the public registry, as far as they agree. */
export async function describeModule(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { view, name } = await addressed(request, registry);
  const wanted = request.params['version'] === undefined ? null : readVersion(request.params).key;
  const listed = await listedVersion(view, name, wanted);
  const content = await contentOf(view, name, listed);
  const { namespace = '', name: short = '', system = '' } = request.params;
  const { version, publishedAt, projectId } = listed;
  const downloads = await view.downloads(name);
  return {
    status: 200,
    body: {
      id: `${namespace}/${short}/${system}/${version}`,
      owner: namespace,
      namespace,
      name: `${short}/${system}`,
      version,
      provider: system,
      providers: registry.scope === 'virtual' ? [system] : await systemsOf(view, name, system),
      source: sourceOf(request.base, projectId, `${short}/${system}`),
      published_at: publishedAt === null ? null : new Date(publishedAt).toISOString(),
      downloads: [...downloads.values()].reduce((sum, count) => sum + count, 0),
      verified: false,
      root: content === null ? listed.root : shown(content.root),
      submodules: content?.submodules.map(shown) ?? [],
      examples: content?.examples.map(shown) ?? [],
      versions: await versionsOf(view, name),
    },
  };
}

/** What was found in the archive when it was uploaded; `null` of one that another registry has. */
async function contentOf(view: RegistryPort, name: Name, listed: ListedVersion): Promise<ModuleContent | null> {
  const { version, archive } = listed;
  if (archive === null) return null;
  const { details } = await storedArchive(view, name, { version, fileName: archiveName(name, version, archive) });
  return details === null ? null : (JSON.parse(details) as ModuleContent);
}

/** The public registry says `provider_dependencies` of what GitLab and its own version list call `providers`. */
function shown(part: ModulePart): Record<string, unknown> {
  return { ...part, provider_dependencies: part.providers };
}

async function versionsOf(view: RegistryPort, name: Name): Promise<readonly string[]> {
  const list = await view.contents(moduleVersions, name);
  return list?.versions.map(({ version }) => version) ?? [];
}

/** Systems for which there is a module of that name. */
async function systemsOf(view: RegistryPort, { key }: Name, own: string): Promise<readonly string[]> {
  const start = `${key.slice(0, key.indexOf('/'))}/`;
  const found = await view.names({ after: start, limit: 50 });
  const systems = found.filter((one) => one.key.startsWith(start)).map((one) => one.key.slice(start.length));
  return systems.includes(own) ? systems : [own, ...systems];
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === problem('package-not-found').code;
}
