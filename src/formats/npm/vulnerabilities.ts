import { fixedVersions, isAffected } from '../../lib/affected-versions.ts';
import type { Advisory } from '../../registry/model.ts';
import type { RegistryPort } from '../format.ts';
import { isName } from './names.ts';
import { compareVersions } from './versions.ts';

/** Advisories that speak of at least one of the versions asked for, by name. */
export async function vulnerabilitiesIn(
  registry: RegistryPort,
  versions: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlyMap<string, readonly Advisory[]>> {
  const found = new Map<string, Advisory[]>();
  for (const advisory of await registry.advisories([...versions.keys()].filter(isName))) {
    if (!affectsAny(advisory, versions.get(advisory.nameKey) ?? [])) continue;
    const known = found.get(advisory.nameKey);
    if (known === undefined) found.set(advisory.nameKey, [advisory]);
    else known.push(advisory);
  }
  return found;
}

export function affectsAny({ affected }: Advisory, versions: Iterable<string>): boolean {
  for (const version of versions) if (isAffected(version, affected, compareVersions)) return true;
  return false;
}

/** As npm writes a range: `>=1.0.0 <1.2.3 || 2.0.0`; of nothing, nothing. */
export function vulnerableVersions({ affected: { ranges, versions } }: Advisory): string {
  const spans = ranges.map(({ introduced, fixed, lastAffected }) => {
    const bounds = [
      introduced === null ? [] : [`>=${introduced}`],
      fixed === null ? [] : [`<${fixed}`],
      lastAffected === null ? [] : [`<=${lastAffected}`],
    ].flat();
    return bounds.length === 0 ? '*' : bounds.join(' ');
  });
  return [...spans, ...versions].join(' || ') || '<0.0.0-0';
}

/** As npm writes the versions that repair it; `<0.0.0` where none does. */
export function patchedVersions({ affected }: Advisory): string {
  const fixed = fixedVersions(affected);
  return fixed.length === 0 ? '<0.0.0' : fixed.map((version) => `>=${version}`).join(' || ');
}
