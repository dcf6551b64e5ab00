import type { AdvisoryText, NewAdvisory, Severity } from '../catalog/advisory-shape.ts';
import { affectedVersions } from './affected.ts';
import { cvssBaseScore } from './cvss.ts';
import { isRecord, type JsonRecord, listOf, textOf } from './json-record.ts';

/** What an ecosystem of OSV is called here. */
export interface Ecosystem {
  readonly format: string;
  /** The key of a package's name; `null` when it can't be one. */
  readonly nameKey: (name: string) => string | null;
  readonly compareVersions: (a: string, b: string) => number;
}

export type OsvOutcome =
  | { readonly advisory: NewAdvisory }
  | { readonly withdrawn: string }
  /** It speaks of no package of a format that we know. */
  | { readonly irrelevant: string };

/**
 * One record of OSV: https://ossf.github.io/osv-schema/. Throws an `Error` whose message completes "the record …" when
 * it is none.
 */
export function readOsvRecord(record: unknown, ecosystems: ReadonlyMap<string, Ecosystem>): OsvOutcome {
  if (!isRecord(record)) throw new Error('is no JSON object');
  const osvId = textOf(record['id']);
  if (osvId === null || !/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(osvId)) throw new Error('has no id');
  if (textOf(record['withdrawn']) !== null) return { withdrawn: osvId };
  const packages = packagesOf(record, ecosystems);
  if (packages.length === 0) return { irrelevant: osvId };
  return { advisory: { ...describe(osvId, record), packages } };
}

function packagesOf(record: JsonRecord, ecosystems: ReadonlyMap<string, Ecosystem>): NewAdvisory['packages'] {
  const byPackage = new Map<string, { ecosystem: Ecosystem; nameKey: string; entries: JsonRecord[] }>();
  for (const entry of listOf(record['affected']).filter(isRecord)) {
    const spoken = isRecord(entry['package']) ? entry['package'] : {};
    // `Debian:12`: what follows the colon is a release of the ecosystem.
    const ecosystem = ecosystems.get((textOf(spoken['ecosystem']) ?? '').split(':')[0] ?? '');
    const nameKey = ecosystem?.nameKey(textOf(spoken['name']) ?? '') ?? null;
    if (ecosystem === undefined || nameKey === null) continue;
    const key = `${ecosystem.format} ${nameKey}`;
    const known = byPackage.get(key);
    if (known === undefined) byPackage.set(key, { ecosystem, nameKey, entries: [entry] });
    else known.entries.push(entry);
  }
  return [...byPackage.values()].map(({ ecosystem, nameKey, entries }) => ({
    format: ecosystem.format,
    nameKey,
    affected: affectedVersions(entries, ecosystem.compareVersions),
  }));
}

function describe(osvId: string, record: JsonRecord): AdvisoryText {
  const about = isRecord(record['database_specific']) ? record['database_specific'] : {};
  const cvss = cvssOf(record);
  const details = textOf(record['details']) ?? '';
  return {
    osvId,
    summary: (textOf(record['summary']) ?? details.split('\n')[0] ?? '').slice(0, 500) || osvId,
    details: details.slice(0, 20_000),
    severity: severityOf(textOf(about['severity']), cvss?.score ?? null),
    cvss,
    cwes: listOf(about['cwe_ids']).filter((cwe) => typeof cwe === 'string'),
    aliases: listOf(record['aliases']).filter((alias) => typeof alias === 'string'),
    url: urlOf(osvId, record),
    publishedAt: timeOf(record['published']) ?? timeOf(record['modified']) ?? 0,
    modifiedAt: timeOf(record['modified']) ?? 0,
  };
}

function cvssOf(record: JsonRecord): AdvisoryText['cvss'] {
  for (const entry of listOf(record['severity']).filter(isRecord)) {
    const vector = textOf(entry['score']) ?? '';
    const score = cvssBaseScore(vector);
    if (score !== null) return { score, vector };
  }
  return null;
}

const spoken: Readonly<Record<string, Severity>> = {
  LOW: 'low',
  MODERATE: 'moderate',
  MEDIUM: 'moderate',
  HIGH: 'high',
  CRITICAL: 'critical',
};

/** What its database says; else by the score, as CVSS names them. What nobody rated is taken seriously. */
function severityOf(word: string | null, score: number | null): Severity {
  const said = spoken[word?.toUpperCase() ?? ''];
  if (said !== undefined) return said;
  if (score === null || score >= 7) return score !== null && score >= 9 ? 'critical' : 'high';
  return score >= 4 ? 'moderate' : 'low';
}

function urlOf(osvId: string, record: JsonRecord): string {
  if (osvId.startsWith('GHSA-')) return `https://github.com/advisories/${osvId}`;
  const reference = listOf(record['references'])
    .filter(isRecord)
    .find(({ type, url }) => type === 'ADVISORY' && typeof url === 'string' && url.startsWith('https://'));
  return textOf(reference?.['url']) ?? `https://osv.dev/vulnerability/${osvId}`;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
