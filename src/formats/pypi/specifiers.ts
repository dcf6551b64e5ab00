import { parseVersion } from './version-order.ts';

const clause = /^(~=|===|==|!=|<=|>=|<|>)\s*([^\s]+)$/;

/**
 * Whether text is a set of version specifiers, such as `>=3.8, !=3.9.*`. Wildcards are taken behind every operator, as old
 * tools wrote them: https://packaging.python.org/en/latest/specifications/version-specifiers/.
 */
export function isSpecifierSet(text: string): boolean {
  return text.length <= 1_000 && text.split(',').every((part) => isSpecifier(part.trim()));
}

function isSpecifier(text: string): boolean {
  if (text === '') return true;
  const [, operator, version = ''] = clause.exec(text) ?? [];
  if (operator === undefined) return false;
  return operator === '===' || parseVersion(version.replace(/\.\*$/, '')) !== null;
}
