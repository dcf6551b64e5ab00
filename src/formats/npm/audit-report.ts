import type { Advisory } from '../../registry/model.ts';
import type { RegistryPort } from '../format.ts';
import { countDependencies, type InstalledVersion, installedVersions } from './audit-tree.ts';
import type { JsonObject } from './json-body.ts';
import { affectsAny, patchedVersions, vulnerabilitiesIn, vulnerableVersions } from './vulnerabilities.ts';

/** The answer to a lock tree: advisories by number with where they were found, and counts. */
export async function auditReport(tree: JsonObject, registry: RegistryPort): Promise<Record<string, unknown>> {
  const installed = installedVersions(tree);
  const versions = new Map([...installed].map(([name, list]) => [name, new Set(list.map(({ version }) => version))]));
  const vulnerabilities = { info: 0, low: 0, moderate: 0, high: 0, critical: 0 };
  const advisories: Record<string, unknown> = {};
  for (const [name, list] of await vulnerabilitiesIn(registry, versions)) {
    for (const advisory of list) {
      const findings = findingsOf(advisory, installed.get(name) ?? []);
      vulnerabilities[advisory.severity] += findings.reduce((sum, { paths }) => sum + paths.length, 0);
      advisories[String(advisory.id)] = treeEntry(advisory, findings);
    }
  }
  return { actions: [], advisories, muted: [], metadata: { vulnerabilities, ...countDependencies(tree) } };
}

interface Finding {
  readonly version: string;
  readonly paths: readonly string[];
}

function findingsOf(advisory: Advisory, installed: readonly InstalledVersion[]): Finding[] {
  return installed.filter(({ version }) => affectsAny(advisory, [version]));
}

function treeEntry(advisory: Advisory, findings: readonly Finding[]): Record<string, unknown> {
  const { id, nameKey, summary, details, severity, url, osvId, aliases, cwes, cvss, publishedAt, modifiedAt } =
    advisory;
  const patched = patchedVersions(advisory);
  return {
    id,
    module_name: nameKey,
    title: summary,
    overview: details,
    severity,
    url,
    vulnerable_versions: vulnerableVersions(advisory),
    patched_versions: patched,
    recommendation: patched === '<0.0.0' ? 'None' : `Upgrade to version ${patched}`,
    findings,
    cves: [osvId, ...aliases].filter((each) => each.startsWith('CVE-')),
    cwe: cwes,
    cvss: { score: cvss?.score ?? 0, vectorString: cvss?.vector ?? null },
    github_advisory_id: [osvId, ...aliases].find((each) => each.startsWith('GHSA-')) ?? null,
    created: new Date(publishedAt).toISOString(),
    updated: new Date(modifiedAt).toISOString(),
    deleted: null,
    access: 'public',
  };
}
