import { isObject, type JsonObject, member } from './json-body.ts';

export interface DependencyCounts {
  readonly dependencies: number;
  readonly devDependencies: number;
  readonly optionalDependencies: number;
  readonly totalDependencies: number;
}

/**
 * Counts a lock tree's nodes as npm does: optional ones, development ones (also of optional packages only used in
 * development), and the rest. What isn't a node is passed over.
 */
export function countDependencies(root: JsonObject): DependencyCounts {
  let dependencies = 0;
  let devDependencies = 0;
  let optionalDependencies = 0;
  const waiting = childrenOf(root);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (member(node, 'dev') === true) devDependencies++;
    else if (member(node, 'optional') === true) optionalDependencies++;
    else dependencies++;
    for (const child of childrenOf(node)) waiting.push(child);
  }
  const totalDependencies = dependencies + devDependencies + optionalDependencies;
  return { dependencies, devDependencies, optionalDependencies, totalDependencies };
}

function childrenOf(node: JsonObject): JsonObject[] {
  const children = member(node, 'dependencies');
  return isObject(children) ? Object.values(children).filter(isObject) : [];
}

/** A version that a lock tree installs, and where: `a>b`, from the top. */
export interface InstalledVersion {
  readonly version: string;
  readonly paths: readonly string[];
}

/** Paths told of one version; a tree may have thousands. */
const mostPaths = 100;

/** What a lock tree installs, by name. */
export function installedVersions(root: JsonObject): ReadonlyMap<string, readonly InstalledVersion[]> {
  const found = new Map<string, Map<string, string[]>>();
  const waiting: { readonly node: JsonObject; readonly path: string }[] = [{ node: root, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, node] of namedChildrenOf(next.node)) {
      const path = next.path === '' ? name : `${next.path}>${name}`;
      waiting.push({ node, path });
      const version = member(node, 'version');
      if (typeof version !== 'string') continue;
      const versions = found.get(name) ?? new Map<string, string[]>();
      found.set(name, versions);
      const paths = versions.get(version) ?? [];
      versions.set(version, paths);
      if (paths.length < mostPaths) paths.push(path);
    }
  }
  return new Map(
    [...found].map(([name, versions]) => [name, [...versions].map(([version, paths]) => ({ version, paths }))]),
  );
}

function namedChildrenOf(node: JsonObject): [string, JsonObject][] {
  const children = member(node, 'dependencies');
  if (!isObject(children)) return [];
  return Object.entries(children).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}
