import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { countDependencies } from './audit-tree.ts';
import { jsonObject } from './json-body.ts';

const largestBody = 4 * 1024 * 1024;
const mostNames = 10_000;

/**
 * `POST /-/npm/v1/security/advisories/bulk` with `{"pkg":["1.0.0"]}`, often gzipped → advisories by name. None are kept,
 * so nothing is found: `{}`.
 */
export async function bulkAudit(request: FormatRequest, _registry: RegistryPort): Promise<Reply> {
  const body = await jsonObject(request, largestBody);
  const entries = Object.entries(body);
  if (entries.length > mostNames) {
    throw problem('body-too-large', `An audit takes ${mostNames.toLocaleString('en')} names at most.`);
  }
  for (const [name, versions] of entries) {
    if (!isListOfText(versions)) {
      throw problem('invalid-request', `${JSON.stringify(name.slice(0, 256))} must have an array of versions.`);
    }
  }
  return { status: 200, body: {} };
}

/** `POST /-/npm/v1/security/audits[/quick]` with a lock tree: npm 10 and before, pnpm 10, Yarn 1. Nothing is found here either. */
export async function treeAudit(request: FormatRequest, _registry: RegistryPort): Promise<Reply> {
  const counts = countDependencies(await jsonObject(request, largestBody));
  return {
    status: 200,
    body: {
      actions: [],
      advisories: {},
      muted: [],
      metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 }, ...counts },
    },
  };
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
