import { problem } from '../../../problems/problem.ts';
import type { UpstreamAnswerHead } from '../../upstream-protocol.ts';
import { isVersion } from '../names.ts';
import { compareVersions } from '../versions-order.ts';
import { addressIn, hashesIn, isPlatformPart } from './versions-parse.ts';

/** The archive of one platform, as a network mirror has it. */
export interface MirroredArchive {
  readonly os: string;
  readonly arch: string;
  readonly url: string;
  readonly h1: string | null;
  /** Hex; `null` = the mirror doesn't say it. */
  readonly sha256: string | null;
}

/** `index.json`: https://developer.hashicorp.com/terraform/internals/provider-network-mirror-protocol, the lowest first. */
export function readMirrorIndex(text: string): readonly string[] {
  return Object.keys(objectIn(text, 'versions')).filter(isVersion).toSorted(compareVersions);
}

/** `<version>.json`. What has no hash that Terraform could compare is left out. */
export function readMirrorArchives(text: string, { url: base }: UpstreamAnswerHead): readonly MirroredArchive[] {
  return Object.entries(objectIn(text, 'archives')).flatMap(([platform, archive]): MirroredArchive[] => {
    const [os = '', arch = '', ...more] = platform.split('_');
    if (!isPlatformPart(os) || !isPlatformPart(arch) || more.length > 0) return [];
    const { url, hashes } = (archive ?? {}) as { url?: unknown; hashes?: unknown };
    const { h1, zh } = hashesIn(hashes);
    return h1 === null && zh === null ? [] : [{ os, arch, url: addressIn(url, base), h1, sha256: zh }];
  });
}

function objectIn(text: string, key: string): Readonly<Record<string, unknown>> {
  const found = (JSON.parse(text) as Record<string, unknown>)[key];
  if (typeof found !== 'object' || found === null) throw problem('invalid-json', `The document has no ${key}.`);
  return found as Record<string, unknown>;
}
