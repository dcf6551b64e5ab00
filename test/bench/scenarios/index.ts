import { afterRun } from './after-run.ts';
import { generic } from './generic.ts';
import { growth } from './growth.ts';
import { install } from './install.ts';
import { proxiedScenarios } from './proxied.ts';
import { publishScenarios } from './publish.ts';
import { packumentScenarios } from './read-packuments.ts';
import { tarballScenarios } from './read-tarballs.ts';
import type { Scenario } from './scenario.ts';
import { search } from './search.ts';
import { startup } from './startup.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  startup,
  ...packumentScenarios,
  ...tarballScenarios,
  ...proxiedScenarios,
  ...publishScenarios,
  growth,
  generic,
  install,
  search,
  afterRun,
];

/** Those that are named, or all that are not optional; throws when a name is none. */
export function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no scenario ${unknown}. There are: ${scenarios.map(({ name }) => name).join(', ')}.`);
  }
  return scenarios.filter(({ name, optional }) => (names.length === 0 ? optional !== true : names.includes(name)));
}
