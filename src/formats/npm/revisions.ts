import { createHash } from 'node:crypto';

/**
 * CouchDB's `_rev`: `<revision>-<32 hex>`. The number is the package's revision, the rest tells packages apart, so that
 * a package removed and published anew never has an old `_rev`.
 */
export function revOf(source: { readonly id: number; readonly revision: number }): string {
  const mark = createHash('sha256').update(`npm ${source.id} ${source.revision}`).digest('hex').slice(0, 32);
  return `${source.revision}-${mark}`;
}

/** The revision a `_rev` names; `null` when the text isn't one. */
export function revisionOf(rev: string): number | null {
  const match = /^(\d{1,15})-[0-9a-f]{32}$/.exec(rev);
  return match ? Number(match[1]) : null;
}
