import { licenseText } from '../../lib/license-expression.ts';
import { isObject, type JsonObject, member } from './json-body.ts';

/**
 * What a manifest may be used under: https://docs.npmjs.com/cli/configuring-npm/package-json#license. `null` = it doesn't
 * say. Old ones have an object, or a list of several to choose from.
 */
export function licenseOf(manifest: JsonObject): string | null {
  const listed = member(manifest, 'licenses');
  const names = [member(manifest, 'license'), ...(Array.isArray(listed) ? (listed as unknown[]) : [listed])]
    .map(nameOf)
    .filter((name) => name !== '');
  const unique = [...new Set(names)];
  return licenseText(unique.length < 2 ? (unique[0] ?? '') : `(${unique.join(') OR (')})`);
}

function nameOf(value: unknown): string {
  const name = isObject(value) ? (member(value, 'type') ?? member(value, 'name')) : value;
  return typeof name === 'string' ? name.trim() : '';
}
