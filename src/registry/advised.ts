import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type KnownAdvisory, knownAdvisories } from '../catalog/advisories.ts';
import type { Session } from '../database/database.ts';
import type { Format } from '../formats/format.ts';
import { type AffectedVersions, isAffected } from '../lib/affected-versions.ts';
import type { Finding } from '../policy/advisory-policy.ts';
import type { RegistryPolicy } from '../policy/upstream-policy.ts';

/** What advisories say of one version of a package. */
export type FindingsOf = (version: string | null) => readonly Finding[];

const nothing: FindingsOf = () => [];

/** Versions of one package as they were compared with what was known then. */
interface Compared {
  readonly advisories: readonly (Finding & { readonly affects: AffectedVersions })[];
  readonly versions: Map<string, readonly Finding[]>;
}

/**
 * Advisories as policies ask for them: one look-up a package, so that what is imported counts for the next answer on every
 * process. Comparing thousands of versions is done once for what is known.
 */
export class AdvisedVersions {
  readonly #session: Session;
  readonly #compared = new LRUCache<string, Compared>({ max: 1_000 });

  constructor(session: Session) {
    this.#session = session;
  }

  async about(format: Format, nameKey: string, { advisoryAction }: RegistryPolicy): Promise<FindingsOf> {
    if (advisoryAction === 'none' || format.advisories === undefined) return nothing;
    const known = await knownAdvisories(this.#session, format.id, nameKey);
    if (known.length === 0) return nothing;
    const compared = this.#comparedWith(`${format.id} ${nameKey}`, known);
    return (version) => (version === null ? [] : findingsOf(compared, version, format));
  }

  #comparedWith(packageKey: string, known: readonly KnownAdvisory[]): Compared {
    const key = `${packageKey} ${createHash('sha256').update(JSON.stringify(known)).digest('base64url')}`;
    const remembered = this.#compared.get(key);
    if (remembered !== undefined) return remembered;
    const advisories = known.map(({ osvId, aliases, severity, summary, affected }) => {
      return { osvId, aliases, severity, summary, affects: JSON.parse(affected) as AffectedVersions };
    });
    const compared = { advisories, versions: new Map() };
    this.#compared.set(key, compared);
    return compared;
  }
}

function findingsOf({ advisories, versions }: Compared, version: string, format: Format): readonly Finding[] {
  const remembered = versions.get(version);
  if (remembered !== undefined) return remembered;
  const compare = (a: string, b: string): number => format.compareVersions(a, b);
  const findings = advisories.filter(({ affects }) => isAffected(version, affects, compare));
  versions.set(version, findings);
  return findings;
}
