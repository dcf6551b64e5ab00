import type { Standing } from './model.ts';

export interface StandingChange {
  readonly standing: Standing | null;
  readonly reason: string | null;
}

/** By version key. */
export type StandingChanges = ReadonlyMap<string, StandingChange>;

interface Told extends StandingChange {
  readonly versions: string[];
}

const mostGroups = 50;
const longestReason = 200;

/**
 * What the audit trail holds of them: versions by what was said of them. A document may say thousands of long and different
 * things, and the trail keeps everything for ever: only so many are kept word for word, the others are counted.
 */
export function auditOfStandings(changes: StandingChanges): Readonly<Record<string, unknown>> {
  const groups = new Map<string, Told>();
  for (const [version, { standing, reason }] of changes) {
    const key = `${standing} ${reason}`;
    const group = groups.get(key) ?? { standing, reason: reason?.slice(0, longestReason) ?? null, versions: [] };
    group.versions.push(version);
    groups.set(key, group);
  }
  const told = [...groups.values()];
  const others = told.slice(mostGroups).reduce((count, { versions }) => count + versions.length, 0);
  return { changes: told.slice(0, mostGroups), ...(others === 0 ? {} : { others }) };
}
