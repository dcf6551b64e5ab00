/**
 * Names of projects and of their files.
 * https://packaging.python.org/en/latest/specifications/name-normalization/
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention
 * https://packaging.python.org/en/latest/specifications/source-distribution-format/#source-distribution-file-name
 */
import { parseVersion, type PythonVersion } from './version-order.ts';

/** What a wheel's name says of it. */
export interface WheelName {
  /** As the file name spells it. */
  readonly name: string;
  readonly version: PythonVersion;
  /** Starts with a digit; `null` for most wheels. */
  readonly build: string | null;
  /** Sets of tags as written, dots between the tags of one set: `py2.py3`. */
  readonly python: string;
  readonly abi: string;
  readonly platform: string;
}

/** What the name of a source distribution says of it. */
export interface SdistName {
  readonly name: string;
  readonly version: PythonVersion;
  readonly extension: '.tar.gz' | '.zip';
}

const maxNameLength = 255;
const projectForm = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

/** Whether it can be a project's name, in any spelling. */
export function isProjectName(name: string): boolean {
  return name.length <= maxNameLength && projectForm.test(name);
}

/** The spelling that makes equal names equal: `Foo._-Bar` becomes `foo-bar`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** `null` for what isn't the name of a wheel. Names with dots and capitals, as older tools write, are taken. */
export function parseWheelName(fileName: string): WheelName | null {
  if (!fileName.endsWith('.whl') || !isFileName(fileName)) return null;
  const parts = fileName.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) return null;
  const [name = '', versionPart = ''] = parts;
  const [python = '', abi = '', platform = ''] = parts.slice(-3);
  const build = parts.length === 6 ? (parts[2] ?? '') : null;
  if (!isProjectName(name) || name.includes('__')) return null;
  if (build !== null && !/^[0-9][A-Za-z0-9._]*$/.test(build)) return null;
  if (![python, abi, platform].every((tags) => /^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*$/.test(tags))) return null;
  const version = parseVersion(versionPart);
  return version === null ? null : { name, version, build, python, abi, platform };
}

/**
 * The name and version of a source distribution of `project` (in any spelling), which must be known: in `a-1-2.tar.gz`
 * either hyphen may be the one before the version. `null` when it isn't one of that project.
 */
export function parseSdistName(fileName: string, project: string): SdistName | null {
  const extension = (['.tar.gz', '.zip'] as const).find((end) => fileName.endsWith(end));
  if (extension === undefined || !isFileName(fileName)) return null;
  const stem = fileName.slice(0, -extension.length);
  const end = endOfName(stem, normalizeName(project));
  const name = stem.slice(0, end);
  if (stem[end] !== '-' || !isProjectName(name)) return null;
  const version = parseVersion(stem.slice(end + 1));
  return version === null ? null : { name, version, extension };
}

/** Where a spelling of the normalised name ends with which the text begins; 0 when it doesn't. */
function endOfName(text: string, wanted: string): number {
  let at = 0;
  for (const character of wanted) {
    const start = at;
    if (character === '-') while (isSeparator(text[at])) at++;
    else if (text[at]?.toLowerCase() === character) at++;
    if (at === start) return 0;
  }
  return at;
}

function isSeparator(character: string | undefined): boolean {
  return character === '-' || character === '_' || character === '.';
}

/** The projects, normalised, that a file of this name may be of: one for a wheel, seldom more for a source distribution. */
export function possibleProjects(fileName: string): readonly string[] {
  const wheel = parseWheelName(fileName);
  if (wheel !== null) return [normalizeName(wheel.name)];
  const found = new Set<string>();
  for (let at = fileName.indexOf('-'); at > 0; at = fileName.indexOf('-', at + 1)) {
    const name = fileName.slice(0, at);
    if (isProjectName(name) && parseSdistName(fileName, name) !== null) found.add(normalizeName(name));
  }
  return [...found];
}

/** ASCII without spaces and slashes, as both kinds of names have it. */
function isFileName(fileName: string): boolean {
  return fileName.length <= maxNameLength && /^[A-Za-z0-9][A-Za-z0-9._+!-]*$/.test(fileName);
}
