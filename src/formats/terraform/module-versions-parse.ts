import { problem } from '../../problems/problem.ts';
import type { ModuleCall, RequiredProvider } from './module-description.ts';
import type { Requirements } from './module-manifest.ts';
import { isVersion } from './names.ts';
import { dateOf } from './upstream-dates.ts';
import type { ListedVersion } from './version-list.ts';
import { compareVersions } from './versions-order.ts';

const mostRequirements = 500;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Versions as another registry lists them, the lowest first. What Terraform would pass over is left out. Where the archive
 * of each is, and what kind, the list doesn't say.
 */
export function readModuleVersions(text: string): readonly ListedVersion[] {
  const { modules } = JSON.parse(text) as { modules?: unknown };
  const [module] = listOf(modules);
  if (module === undefined) throw problem('invalid-json', 'The list names no module.');
  const versions = listOf(module['versions']).flatMap((one): ListedVersion[] => {
    const version = textOf(one['version']).replace(/^v/, '');
    if (!isVersion(version)) return [];
    const submodules = listOf(one['submodules']).map((part) => ({
      path: textOf(part['path']),
      ...requirementsOf(part),
    }));
    const publishedAt = dateOf(one['published_at']);
    return [{ version, publishedAt, archive: null, projectId: 0, root: requirementsOf(one['root']), submodules }];
  });
  const first = new Map(versions.toReversed().map((one) => [one.version, one]));
  return [...first.values()].toSorted((a, b) => compareVersions(a.version, b.version));
}

function requirementsOf(part: unknown): Requirements {
  const { providers, dependencies } = (part ?? {}) as Fields;
  return { providers: listOf(providers).map(required), dependencies: listOf(dependencies).map(required) };
}

function required({ name, source, version }: Fields): RequiredProvider & ModuleCall {
  return { name: textOf(name), source: textOf(source), version: textOf(version) };
}

/** The objects of a list; anything else is none. */
function listOf(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) return [];
  const objects = (value as unknown[]).filter((one) => typeof one === 'object' && one !== null) as Fields[];
  return objects.length > mostRequirements * 20 ? objects.slice(0, mostRequirements * 20) : objects;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
