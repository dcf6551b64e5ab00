import { createHash } from 'node:crypto';
import { fixedVersions, isAffected } from '../../lib/affected-versions.ts';
import type { Advisory } from '../../registry/model.ts';
import { compareVersions } from './version-order.ts';

/** The `vulnerabilities` of a release in the JSON API, which pip-audit reads: https://docs.pypi.org/api/json/. */
export function vulnerabilitiesText(known: readonly Advisory[], version: string): string {
  const affecting = known.filter(({ affected }) => isAffected(version, affected, compareVersions));
  return JSON.stringify(
    affecting.map(({ osvId, aliases, summary, details, url, affected }) => ({
      aliases,
      details,
      fixed_in: fixedVersions(affected),
      id: osvId,
      link: url,
      source: 'osv',
      summary,
      withdrawn: null,
    })),
  );
}

/** Equal for the same knowledge; empty for none. */
export function knowledgeKey(known: readonly Advisory[]): string {
  if (known.length === 0) return '';
  const text = known.map(({ id, modifiedAt }) => `${id}.${modifiedAt}`).join();
  return ` ${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
}
