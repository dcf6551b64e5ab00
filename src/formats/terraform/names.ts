import validSemver from 'semver/functions/valid.js';
import { problem } from '../../problems/problem.ts';
import type { Name, VersionName } from '../../registry/model.ts';
import type { FormatRequest } from '../format.ts';

const part = /^[-a-z0-9]{1,64}$/;
const longestVersion = 200;

type Params = FormatRequest['params'];

/** `name/system`, as GitLab calls a module. */
export function moduleName({ name = '', system = '' }: Params): Name {
  if (!part.test(name) || !part.test(system)) {
    throw problem('invalid-name', 'Name is invalid: name and system are small letters, digits and dashes, 64 at most.');
  }
  return nameOf(`${name}/${system}`);
}

/** The same for reading: what can't be a name names nothing. */
export function readModuleName(params: Params): Name {
  const { name = '', system = '' } = params;
  if (!part.test(name) || !part.test(system)) throw problem('package-not-found', `There is no module of that name.`);
  return nameOf(`${name}/${system}`);
}

const namespaceForm = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?$/;
/** As far as Terraform goes: https://developer.hashicorp.com/terraform/internals/module-registry-protocol#module-addresses */
const foreignName = /^[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?$/;

/** A module of any registry by its whole address, `namespace/name/system`. What can't be one names nothing. */
export function addressedModule({ namespace = '', name = '', system = '' }: Params): Name {
  if (!namespaceForm.test(namespace) || !foreignName.test(name) || !part.test(system)) {
    throw problem('package-not-found', `There is no module of that name.`);
  }
  const display = `${namespace}/${name}/${system}`;
  return { key: display.toLowerCase(), display, namespace: namespace.toLowerCase() };
}

export function nameOf(key: string): Name {
  return { key, display: key, namespace: null };
}

/** A strict semantic version, kept as it is: clients give back what the list says. */
export function moduleVersion({ version = '' }: Params): VersionName {
  if (!isVersion(version)) throw problem('invalid-version', 'Version should follow SemVer: https://semver.org');
  return { key: version, display: version };
}

export function readVersion({ version = '' }: Params): VersionName {
  if (!isVersion(version)) throw problem('version-not-found', 'There is no such version.');
  return { key: version, display: version };
}

export function isVersion(version: string): boolean {
  return version.length <= longestVersion && /^\d/.test(version) && validSemver(version) === withoutBuild(version);
}

/** `semver` answers versions without their build metadata. */
function withoutBuild(version: string): string {
  const plus = version.indexOf('+');
  return plus < 0
    ? version
    : /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(version.slice(plus + 1))
      ? version.slice(0, plus)
      : '';
}
