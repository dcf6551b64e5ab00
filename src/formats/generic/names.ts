import { problem } from '../../problems/problem.ts';
import type { Name, VersionName } from '../../registry/model.ts';

/** GitLab's rules for Generic: https://docs.gitlab.com/user/packages/generic_packages/#valid-package-filename-format */
const nameForm = /^[A-Za-z0-9._\-+]+$/;
const versionForm = /^(?!.*\.\.)[\w+.-]+$/;
const fileForm = /^(?![~@])[A-Za-z0-9._\-+~@]+(?<![~@])$/;
const longest = 255;

export interface Coordinates {
  readonly name: Name;
  readonly version: VersionName;
  /** Path of folders and file name, joined by `/`. */
  readonly fileName: string;
}

/** Reads `/:name/:version/*`; anything outside the rules is an `invalid-parameter` in GitLab's words. */
export function readCoordinates(params: Readonly<Record<string, string>>): Coordinates {
  const name = params['name'] ?? '';
  const version = params['version'] ?? '';
  const path = params['*'] ?? '';
  if (!fits(name, nameForm)) throw problem('invalid-parameter', 'package_name is invalid');
  if (!fits(version, versionForm)) throw problem('invalid-parameter', 'package_version is invalid');
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  if (!fits(file, fileForm)) throw problem('invalid-parameter', 'file_name is invalid');
  if (path.length > 1_024 || !segments.every(isFolder)) throw problem('invalid-parameter', 'path is invalid');
  return { name: nameOf(name), version: { key: version, display: version }, fileName: path };
}

function fits(text: string, form: RegExp): boolean {
  return text.length <= longest && form.test(text);
}

/** Folders may have spaces and letters of any script; the HTTP layer has refused `.`, `..` and control characters. */
function isFolder(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && segment.length <= longest;
}

function nameOf(name: string): Name {
  return { key: name, display: name, namespace: null };
}
