import { problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { listedVersion, storedArchive } from './module-file.ts';
import type { ModuleContent, ModulePart } from './module-manifest.ts';
import { readModuleName, readVersion } from './names.ts';
import { viewOf } from './registry-download.ts';
import { moduleVersions, sourceOf } from './version-list.ts';

/** `GET …/:namespace/:name/:system/versions`. */
export async function listVersions(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readModuleName(request.params);
  const view = request.params['namespace'] === undefined ? registry : await viewOf(request, registry);
  try {
    return { document: await view.document(moduleVersions, name) };
  } catch (error) {
    // GitLab's answer in a namespace that may be seen, for a module that may not or isn't there.
    if (request.params['namespace'] === undefined || !isMissing(error)) throw error;
    return { status: 200, body: { modules: [{ versions: [], source: null }] } };
  }
}

/** `GET …/:namespace/:name/:system[/:version]`: GitLab's fields and those of the public registry, as far as they agree. */
export async function describeModule(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readModuleName(request.params);
  const view = await viewOf(request, registry);
  const wanted = request.params['version'] === undefined ? null : readVersion(request.params).key;
  const listed = await listedVersion(view, name, wanted);
  const { details } = await storedArchive(view, name, listed);
  const content = details === null ? null : (JSON.parse(details) as ModuleContent);
  const { namespace = '', system = '' } = request.params;
  const { version, publishedAt, projectId } = listed;
  const downloads = await view.downloads(name);
  return {
    status: 200,
    body: {
      id: `${namespace}/${name.key}/${version}`,
      owner: namespace,
      namespace,
      name: name.display,
      version,
      provider: system,
      providers: await systemsOf(view, name, system),
      source: sourceOf(request.base, projectId, name.key),
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
