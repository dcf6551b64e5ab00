import { oneLine } from '../lib/one-line.ts';
import type { Severity } from '../catalog/advisory-shape.ts';

/** What is known of one version that is vulnerable, as far as policy asks. */
export interface Finding {
  /** `GHSA-…`, `MAL-…` */
  readonly osvId: string;
  readonly aliases: readonly string[];
  /** Of malicious packages always `critical`. */
  readonly severity: Severity;
  readonly summary: string;
}

const severities: readonly Severity[] = ['low', 'moderate', 'high', 'critical'];

/** One advisory that is passed over. */
export interface AdvisoryExemption {
  /** Its id, or another id of the same vulnerability. */
  readonly id: string;
  /** `null` = for every package. */
  readonly name: string | null;
  /** `null` = for every version. */
  readonly version: string | null;
  readonly reason: string;
  /** Milliseconds since the epoch; `null` = it doesn't end. */
  readonly expiresAt: number | null;
}

/** What becomes of versions of upstreams that advisories speak of. */
export interface AdvisoryPolicy {
  readonly advisoryAction: 'none' | 'warn' | 'block';
  /** Advisories below it don't count. */
  readonly advisoryMinimumSeverity: Severity;
  readonly advisoryExemptions: readonly AdvisoryExemption[];
}

export const noAdvisoryPolicy: AdvisoryPolicy = {
  advisoryAction: 'none',
  advisoryMinimumSeverity: 'high',
  advisoryExemptions: [],
};

/** The gravest that counts; `null` = none does. `isOf`: whether an exemption means the version at hand. */
export function gravest(
  findings: readonly Finding[],
  { advisoryAction, advisoryMinimumSeverity, advisoryExemptions }: AdvisoryPolicy,
  isOf: (exemption: AdvisoryExemption) => boolean,
  now: number,
): Finding | null {
  if (advisoryAction === 'none' || findings.length === 0) return null;
  const least = severities.indexOf(advisoryMinimumSeverity);
  const exempt = advisoryExemptions
    .filter((exemption) => (exemption.expiresAt === null || exemption.expiresAt > now) && isOf(exemption))
    .map(({ id }) => id.toLowerCase());
  let found: Finding | null = null;
  for (const finding of findings) {
    const rank = severities.indexOf(finding.severity);
    if (rank < least || [finding.osvId, ...finding.aliases].some((id) => exempt.includes(id.toLowerCase()))) continue;
    if (found === null || rank > severities.indexOf(found.severity)) found = finding;
  }
  return found;
}

export function sentenceOf({ osvId, severity, summary }: Finding): string {
  const text = oneLine(summary);
  return `The advisory ${osvId} (${severity}) speaks of this version: ${text.replace(/\.$/, '')}.`;
}
