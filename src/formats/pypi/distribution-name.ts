import { problem } from '../../problems/problem.ts';
import type { Name, VersionName } from '../../registry/model.ts';
import { isProjectName, normalizeName, parseSdistName, parseWheelName } from './file-names.ts';
import { parseVersion, type PythonVersion } from './version-order.ts';

export type PackageType = 'bdist_wheel' | 'sdist';

/** What a file's name says of it, once it agrees with name and version of the upload. */
export interface DistributionName {
  readonly project: Name;
  readonly fileName: string;
  readonly packageType: PackageType;
  readonly version: PythonVersion;
  /** `py3`, `source`. */
  readonly pythonVersion: string;
  /** Equal for files of a project that mean the same distribution, however they are spelled. */
  readonly uniqueKey: string;
}

export function projectName(name: string): Name {
  if (!isProjectName(name)) {
    throw problem('invalid-name', 'Validation failed: Name is ASCII letters, digits, dots, dashes and underscores.');
  }
  return { key: normalizeName(name), display: name, namespace: null };
}

export function pythonVersion(version: string): PythonVersion {
  const parsed = parseVersion(version);
  if (parsed !== null) return parsed;
  throw problem(
    'invalid-version',
    'Validation failed: Version must be one of PEP 440, such as 1.0, 2.0rc1 or 1.0.post1.',
  );
}

/** The normal spelling is what is shown. */
export function versionName({ key, normalized }: PythonVersion): VersionName {
  return { key, display: normalized };
}

/** Reads the name of an uploaded file; refuses one that is no wheel or sdist of that project and version. */
export function distributionName(fileName: string, project: Name, version: PythonVersion): DistributionName {
  const named = readDistributionName(fileName, project);
  if (named === null) throw invalidFileName(fileName, project);
  if (named.version.key !== version.key) {
    throw problem('manifest-mismatch', `The file name ${fileName} is not of version ${version.normalized}.`);
  }
  return named;
}

/** `null` when it isn't the name of a wheel or sdist of that project. */
export function readDistributionName(fileName: string, project: Name): DistributionName | null {
  return wheelOf(fileName, project) ?? sdistOf(fileName, project);
}

function wheelOf(fileName: string, project: Name): DistributionName | null {
  const wheel = parseWheelName(fileName);
  if (wheel === null || normalizeName(wheel.name) !== project.key) return null;
  const { version, build, python, abi, platform } = wheel;
  const tags = [build ?? '', ...[python, abi, platform].map(sortedTags)].join('-').toLowerCase();
  return {
    project,
    fileName,
    packageType: 'bdist_wheel',
    version,
    pythonVersion: python,
    uniqueKey: `${project.key}-${version.key}-${tags}.whl`,
  };
}

function sdistOf(fileName: string, project: Name): DistributionName | null {
  const sdist = parseSdistName(fileName, project.key);
  if (sdist === null) return null;
  const { version, extension } = sdist;
  const uniqueKey = `${project.key}-${version.key}${extension}`;
  return { project, fileName, packageType: 'sdist', version, pythonVersion: 'source', uniqueKey };
}

function sortedTags(tags: string): string {
  return tags.split('.').sort().join('.');
}

function invalidFileName(fileName: string, project: Name): Error {
  const shown = JSON.stringify(fileName.slice(0, 200));
  return problem(
    'manifest-mismatch',
    `The file name ${shown} is not that of a wheel (.whl) or source distribution (.tar.gz, .zip) of ${project.display}.`,
  );
}
