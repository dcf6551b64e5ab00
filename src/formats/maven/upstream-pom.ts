import { licenseNamed } from '../../lib/license-names.ts';
import { child, children, readXml, textOf } from '../../lib/xml-reader.ts';
import type { UpstreamAnswerHead } from '../upstream-protocol.ts';
import { largestPom } from './pom.ts';

/** What policy wants to know of a version that the metadata doesn't say. */
export interface PomFacts {
  /** Milliseconds since the epoch; `null` = the upstream doesn't say when the POM came. */
  readonly publishedAt: number | null;
  /** An expression of SPDX; `null` = the POM says nothing, or leaves it to its parent. */
  readonly license: string | null;
}

export function readPomFacts(text: string, { headers }: UpstreamAnswerHead): PomFacts {
  const time = Date.parse(headers['last-modified'] ?? '');
  return { publishedAt: Number.isNaN(time) ? null : time, license: licenseOf(text) };
}

/** Of several, people may choose: https://maven.apache.org/pom.html#Licenses. */
function licenseOf(pom: string): string | null {
  try {
    const list = child(readXml(Buffer.from(pom), { bytes: largestPom }), 'licenses');
    const names = list === undefined ? [] : children(list, 'license').map((each) => textOf(each, 'name') ?? '');
    const ids = [...new Set(names.map(licenseNamed).filter((id) => id !== null))];
    return ids.length === 0 ? null : ids.join(' OR ');
  } catch {
    return null;
  }
}
