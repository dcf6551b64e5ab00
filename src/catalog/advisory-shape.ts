import type { AffectedVersions } from '../lib/affected-versions.ts';

export type Severity = 'low' | 'moderate' | 'high' | 'critical';

/** Somebody made it to do harm: https://github.com/ossf/malicious-packages, or GitHub's word for the same (CWE-506). */
export function isMalicious({ osvId, aliases, cwes }: Pick<AdvisoryText, 'osvId' | 'aliases' | 'cwes'>): boolean {
  return [osvId, ...aliases].some((id) => id.startsWith('MAL-')) || cwes.includes('CWE-506');
}

/** What is known of a vulnerability, whichever packages have it. */
export interface AdvisoryText {
  /** `GHSA-…`, `PYSEC-…`, `CVE-…`: OSV's id. */
  readonly osvId: string;
  readonly summary: string;
  /** Markdown. */
  readonly details: string;
  readonly severity: Severity;
  readonly cvss: { readonly score: number; readonly vector: string } | null;
  /** `CWE-79` */
  readonly cwes: readonly string[];
  /** Other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  /** Where people read about it. */
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly modifiedAt: number;
}

/** An advisory as it speaks of one package. */
export interface Advisory extends AdvisoryText {
  /** Ours: stays the same when the advisory is imported again. */
  readonly id: number;
  readonly nameKey: string;
  readonly affected: AffectedVersions;
}

/** An advisory to be kept, with the packages of formats that we know. */
export interface NewAdvisory extends AdvisoryText {
  readonly packages: readonly {
    readonly format: string;
    readonly nameKey: string;
    readonly affected: AffectedVersions;
  }[];
}
