import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import type { Advisory } from '../../registry/model.ts';
import { auditReport } from './audit-report.ts';
import { type JsonObject, jsonObject } from './json-body.ts';
import { vulnerabilitiesIn, vulnerableVersions } from './vulnerabilities.ts';

const largestBody = 4 * 1024 * 1024;
const mostNames = 10_000;

/**
 * `POST /-/npm/v1/security/advisories/bulk` with `{"pkg":["1.0.0"]}`, often gzipped → the advisories that speak of these
 * versions, by name; nothing known is `{}`. Names go nowhere: what is known was imported before.
 */
export async function bulkAudit(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const asked = versionsAsked(await jsonObject(request, largestBody));
  const found = await vulnerabilitiesIn(registry, asked);
  return { status: 200, body: Object.fromEntries([...found].map(([name, list]) => [name, list.map(bulkEntry)])) };
}

/** `POST /-/npm/v1/security/audits[/quick]` with a lock tree: npm 10 and before, pnpm 10, Yarn 1. */
export async function treeAudit(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: await auditReport(await jsonObject(request, largestBody), registry) };
}

function versionsAsked(body: JsonObject): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = Object.entries(body);
  if (entries.length > mostNames) {
    throw problem('body-too-large', `An audit takes ${mostNames.toLocaleString('en')} names at most.`);
  }
  return new Map(
    entries.map(([name, versions]) => {
      if (isListOfText(versions)) return [name, new Set(versions)];
      throw problem('invalid-request', `${JSON.stringify(name.slice(0, 256))} must have an array of versions.`);
    }),
  );
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function bulkEntry(advisory: Advisory): Record<string, unknown> {
  const { id, url, summary, severity, cwes, cvss } = advisory;
  return {
    id,
    url,
    title: summary,
    severity,
    vulnerable_versions: vulnerableVersions(advisory),
    cwe: cwes,
    cvss: { score: cvss?.score ?? 0, vectorString: cvss?.vector ?? null },
  };
}
