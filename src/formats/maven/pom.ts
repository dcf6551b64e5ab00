import { cutText } from '../../lib/cut-text.ts';
import { InvalidXml } from '../../lib/invalid-xml.ts';
import { child, children, readXml, textOf, type XmlElement } from '../../lib/xml-reader.ts';
import { problem } from '../../problems/problem.ts';
import type { FilePath } from './path.ts';

export interface PomDependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string | null;
  readonly scope: string;
  readonly optional: boolean;
}

/** What is kept of a POM: the version's manifest. https://maven.apache.org/pom.html */
export interface Pom {
  readonly packaging: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly url: string | null;
  readonly licenses: readonly string[];
  readonly dependencies: readonly PomDependency[];
}

/** POMs are small; one this large is no POM. */
export const largestPom = 4 * 1024 ** 2;
const longestText = 4_000;
const mostDependencies = 2_000;

/** Reads a POM and compares it with the path it was sent to. */
export function readPom(bytes: Uint8Array, path: FilePath): Pom {
  const project = projectOf(bytes);
  checkCoordinates(project, path);
  return {
    packaging: textOf(project, 'packaging') || 'jar',
    name: shortText(project, 'name'),
    description: shortText(project, 'description'),
    url: shortText(project, 'url'),
    licenses: listOf(project, 'licenses', 'license').flatMap((license) => textOf(license, 'name') ?? []),
    dependencies: listOf(project, 'dependencies', 'dependency').slice(0, mostDependencies).flatMap(dependencyOf),
  };
}

function projectOf(bytes: Uint8Array): XmlElement {
  try {
    const root = readXml(bytes, { bytes: largestPom });
    if (root.name === 'project') return root;
  } catch (error) {
    if (!(error instanceof InvalidXml)) throw error;
    throw problem('invalid-request', `The POM cannot be read: ${error.message}.`);
  }
  throw problem('invalid-request', 'The POM cannot be read: its root element is not project.');
}

/** A POM of another artifact, or one that readers would take for it. Properties (`${revision}`) are left to the build. */
function checkCoordinates(project: XmlElement, { groupId, artifactId, version }: FilePath): void {
  const expected = { groupId, artifactId, version: version.display };
  for (const [field, inPath] of Object.entries(expected)) {
    const inherited = field === 'artifactId' ? undefined : textOf(project, 'parent', field);
    const said = textOf(project, field) || inherited;
    if (said === undefined || said === '' || said.includes('${') || said === inPath) continue;
    throw problem('manifest-mismatch', `The POM says ${field} ${quoted(said)}, its path says ${quoted(inPath)}.`);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function shortText(project: XmlElement, field: string): string | null {
  return cutText(textOf(project, field)?.replace(/\s+/g, ' ') ?? '', longestText) || null;
}

function listOf(project: XmlElement, list: string, entry: string): XmlElement[] {
  const found = child(project, list);
  return found === undefined ? [] : children(found, entry);
}

function dependencyOf(dependency: XmlElement): PomDependency[] {
  const [groupId, artifactId] = [textOf(dependency, 'groupId'), textOf(dependency, 'artifactId')];
  if (!groupId || !artifactId) return [];
  const scope = textOf(dependency, 'scope') || 'compile';
  const optional = textOf(dependency, 'optional') === 'true';
  return [{ groupId, artifactId, version: textOf(dependency, 'version') || null, scope, optional }];
}
