import type { DependencyGroup } from './manifest.ts';

/** `id:range:framework|…` as V2 feeds have them; a framework without dependencies is `::net45`. */
export function dependenciesText(groups: readonly DependencyGroup[]): string {
  return groups
    .flatMap(({ targetFramework, dependencies }) => {
      const framework = targetFramework === undefined ? '' : `:${shortFramework(targetFramework)}`;
      if (dependencies.length === 0) return framework === '' ? [] : [`:${framework}`];
      return dependencies.map(({ id, range }) => `${id}:${range === '(, )' ? '' : range}${framework}`);
    })
    .join('|');
}

const names: ReadonlyMap<string, string> = new Map([
  ['.netframework', 'net'],
  ['.netcoreapp', 'netcoreapp'],
  ['.netstandard', 'netstandard'],
  ['.netcore', 'netcore'],
  ['.netmicroframework', 'netmf'],
  ['silverlight', 'sl'],
  ['windowsphone', 'wp'],
  ['windowsphoneapp', 'wpa'],
  ['windows', 'win'],
  ['uap', 'uap'],
  ['native', 'native'],
  ['tizen', 'tizen'],
  ['xamarin.ios', 'xamarinios'],
  ['xamarin.mac', 'xamarinmac'],
  ['monoandroid', 'monoandroid'],
  ['monotouch', 'monotouch'],
  ['monomac', 'monomac'],
]);

/** Written without dots in these. */
const dotless = new Set(['net', 'netmf', 'sl', 'wp', 'wpa', 'win', 'netcore', 'monoandroid', 'monotouch', 'monomac']);

/**
 * `.NETFramework4.5`, `.NETFramework,Version=v4.5` → `net45`; names that are short already stay, and so do those that
 * nobody shortens: https://learn.microsoft.com/nuget/reference/target-frameworks.
 */
export function shortFramework(framework: string): string {
  const [, identifier = '', version = ''] = /^([^,\d]+?)(?:,\s*Version=)?v?(\d[\d.]*)?$/i.exec(framework) ?? [];
  const name = names.get(identifier.toLowerCase());
  if (name === undefined) return framework;
  const release = version.split('.');
  if (name === 'netcoreapp' && Number(release[0]) >= 5) return `net${version}`;
  return (
    name + (dotless.has(name) && release.every((part) => part.length === 1) ? withoutZeros(release).join('') : version)
  );
}

/** `4.5.0` is `45`, `4.0` is `40`. */
function withoutZeros(release: readonly string[]): readonly string[] {
  return release.length > 2 && release.at(-1) === '0' ? release.slice(0, -1) : release;
}
