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
