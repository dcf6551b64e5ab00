import { problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import type { CoreMetadata } from './core-metadata.ts';
import { isProjectName, normalizeName } from './file-names.ts';
import { isSpecifierSet } from './specifiers.ts';
import { parseVersion, type PythonVersion } from './version-order.ts';

/** The metadata in the archive decides what it is; a form that says another thing would mislead whoever installs it. */
export function checkCoherence(core: CoreMetadata, project: Name, version: PythonVersion): void {
  if (!isProjectName(core.name) || normalizeName(core.name) !== project.key) {
    throw mismatch(`The metadata in the archive names the project ${shown(core.name)}, not ${project.display}.`);
  }
  if (parseVersion(core.version)?.key !== version.key) {
    throw mismatch(`The metadata in the archive is of version ${shown(core.version)}, not ${version.normalized}.`);
  }
  const requiresPython = core.texts.get('requires_python');
  if (requiresPython !== undefined && !isSpecifierSet(requiresPython)) {
    throw mismatch(`Requires-Python ${shown(requiresPython)} in the archive is no version specifier.`);
  }
  if (core.texts.has('license') && core.texts.has('license_expression')) {
    throw mismatch('The metadata in the archive has both License and License-Expression; only one is allowed.');
  }
}

function mismatch(message: string): Error {
  return problem('manifest-mismatch', message);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
