import { licenseText } from '../../lib/license-expression.ts';
import { licenseNamed } from '../../lib/license-names.ts';
import { child, children, readXml, textOf, type XmlElement } from '../../lib/xml-reader.ts';
import type { UpstreamAnswerHead } from '../upstream-protocol.ts';
import { isSnapshot } from './file-name.ts';
import { largestPom } from './pom.ts';

/** What policy wants to know of a version that the metadata doesn't say. */
export interface PomFacts {
  /** Milliseconds since the epoch; `null` = the upstream doesn't say when the POM came. */
  readonly publishedAt: number | null;
  /** An expression of SPDX; `null` = the POM says nothing. */
  readonly license: string | null;
  /** Whose licenses hold then; `null` = nobody's. */
  readonly parent: PomPlace | null;
}

export interface PomPlace {
  /** `com/acme/parent` */
  readonly folder: string;
  readonly version: string;
}

export function readPomFacts(text: string, { headers }: UpstreamAnswerHead): PomFacts {
  const time = Date.parse(headers['last-modified'] ?? '');
  const project = projectIn(text);
  return {
    publishedAt: Number.isNaN(time) ? null : time,
    license: project === null ? null : licenseOf(project),
    parent: project === null ? null : parentOf(project),
  };
}

/** What can't be read says nothing: the POM itself is refused when it is asked for. */
function projectIn(pom: string): XmlElement | null {
  try {
    return readXml(Buffer.from(pom), { bytes: largestPom });
  } catch {
    return null;
  }
}

/** Of several, people may choose: https://maven.apache.org/pom.html#Licenses. */
function licenseOf(project: XmlElement): string | null {
  const list = child(project, 'licenses');
  const names = list === undefined ? [] : children(list, 'license').map((each) => textOf(each, 'name') ?? '');
  const ids = [...new Set(names.map(licenseNamed).filter((id) => id !== null))];
  return licenseText(ids.join(' OR '));
}

/** One that is named in full: no properties, no ranges, and a release. */
function parentOf(project: XmlElement): PomPlace | null {
  const [groupId, artifactId, version] = ['groupId', 'artifactId', 'version'].map(
    (field) => textOf(project, 'parent', field)?.trim() ?? '',
  ) as [string, string, string];
  const isPlain = [groupId, artifactId, version].every((part) => /^\w[\w.+-]{0,200}$/.test(part));
  if (!isPlain || groupId.includes('..') || isSnapshot(version)) return null;
  return { folder: [...groupId.split('.'), artifactId].join('/'), version };
}
