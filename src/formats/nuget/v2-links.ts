import type { V2Row } from './v2-row.ts';

/** `…/v2/Packages(Id='Acme.Tea',Version='1.0.0')` */
export function entityUrl({ of, manifest, entry }: V2Row): string {
  return `${of.base}/v2/Packages(Id='${manifest.id}',Version='${entry.parsed.normalized}')`;
}

/** Below `/v2`: clients send a source's password only to URLs below that source. Metadata in it would break downloads. */
export function contentUrl({ of, manifest, entry }: V2Row): string {
  return `${of.base}/v2/package/${manifest.id}/${entry.parsed.normalized}`;
}
