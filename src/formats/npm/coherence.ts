import { problem } from '../../problems/problem.ts';
import { installScripts } from './install-scripts.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import type { TarballFacts } from './package-json.ts';
import { baseName } from './names.ts';
import { cleanVersion } from './versions.ts';

/**
 * Refuses a manifest that says other than the `package.json` in its tarball, in what decides what gets installed and
 * run: otherwise a registry page and an audit show one package, and `npm install` unpacks another. Clients spell some
 * fields differently when they publish (npm: https://github.com/npm/package-json), which is no difference here.
 */
export function checkCoherence(manifest: JsonObject, { packageJson, hasBindingGyp }: TarballFacts): void {
  if (member(manifest, 'name') !== member(packageJson, 'name')) throw incoherent('name');
  const version = cleanVersion(textOf(member(packageJson, 'version')).trim());
  if (version === null) throw problem('manifest-mismatch', 'Version in package.json is not SemVer compliant.');
  if (version !== cleanVersion(textOf(member(manifest, 'version')))) throw incoherent('version');
  compare('dependencies', dependencies(manifest), dependencies(packageJson));
  compare('peerDependencies', specs(manifest, 'peerDependencies'), specs(packageJson, 'peerDependencies'));
  compareBins(manifest, packageJson);
  compare('scripts', installScripts(manifest), expectedScripts(manifest, packageJson, hasBindingGyp));
}

type Texts = ReadonlyMap<string, string>;

/** Optional ones count as well; some clients list them twice, some only as optional. */
function dependencies(manifest: JsonObject): Texts {
  return new Map([...specs(manifest, 'dependencies'), ...specs(manifest, 'optionalDependencies')]);
}

function specs(manifest: JsonObject, field: string): Texts {
  const value = member(manifest, field);
  const listed = typeof value === 'string' ? value.split(/[\s,]+/) : value;
  const entries = isObject(listed) ? Object.entries(listed) : Array.isArray(listed) ? listed.map(listedDependency) : [];
  return new Map(entries.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

/** The oldest spellings: `["name@range"]`, `"name@range, name"`. */
function listedDependency(text: unknown): [string, unknown] {
  const [, name = '', range = '*'] = /^(@?[^@\s]+)(?:[@\s]+(.*))?$/.exec(textOf(text).trim()) ?? [];
  return [name, name === '' ? undefined : range];
}

function compare(field: string, sent: Texts, packed: Texts): void {
  for (const [key, value] of packed) {
    const other = sent.get(key);
    if (other === undefined || !sameSpec(other, value)) throw incoherent(field, key);
  }
  for (const key of sent.keys()) if (!packed.has(key)) throw incoherent(field, key);
}

function sameSpec(sent: string, packed: string): boolean {
  // Workspace tools put the real range in when they publish; nobody can install what stands in the archive.
  if (/^(workspace|catalog):/.test(packed)) return true;
  return sent === packed || plainSpec(sent) === plainSpec(packed);
}

/** Ways to write the same repository are one: `user/repo`, `github:user/repo`, `git+ssh://git@github.com/user/repo.git`. */
function plainSpec(spec: string): string {
  const text = spec.trim();
  const hosted = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:git@)?github\.com[/:]/;
  const isShorthand = /^[\w.-]+\/[\w.-]+(#.*)?$/.test(text);
  const plain = isShorthand
    ? `github:${text}`
    : text.replace(/^git@github\.com:/, 'github:').replace(hosted, 'github:');
  return plain.replace(/\.git(?=$|#)/, '') || '*';
}

/**
 * Names only. What `directories.bin` adds can't be seen in `package.json`; and of names that have to be cleaned, such as
 * `./x/a`, some clients leave out what others clean.
 */
function compareBins(manifest: JsonObject, packageJson: JsonObject): void {
  const packed = binNames(packageJson);
  const sent = binNames(manifest);
  const directories = member(packageJson, 'directories');
  const fromFolder = packed.size === 0 && isObject(directories) && typeof member(directories, 'bin') === 'string';
  for (const [name, isClean] of packed) if (isClean && !sent.has(name)) throw incoherent('bin', name);
  for (const name of sent.keys()) if (!packed.has(name) && !fromFolder) throw incoherent('bin', name);
}

/**
 * Command names as npm makes them, with whether they are written like that: https://github.com/npm/npm-normalize-package-bin.
 */
function binNames(manifest: JsonObject): ReadonlyMap<string, boolean> {
  const bin = member(manifest, 'bin');
  const names = new Map<string, boolean>();
  if (typeof bin === 'string') {
    if (bin !== '') names.set(baseName(textOf(member(manifest, 'name'))), true);
  } else if (Array.isArray(bin)) {
    for (const path of bin) if (typeof path === 'string') names.set(lastSegment(path), true);
  } else if (isObject(bin)) {
    for (const [name, path] of Object.entries(bin)) {
      const clean = lastSegment(name);
      if (typeof path === 'string' && path !== '') names.set(clean, clean === name || names.get(clean) === true);
    }
  }
  names.delete('');
  return names;
}

function lastSegment(path: string): string {
  const last =
    path
      .replace(/[\\/:]+$/, '')
      .split(/[\\/:]/)
      .at(-1) ?? '';
  return last === '.' || last === '..' ? '' : last;
}

/** npm adds the script that its build of a `.gyp` package implies. */
function expectedScripts(manifest: JsonObject, packageJson: JsonObject, hasBindingGyp: boolean): Texts {
  const packed = new Map(installScripts(packageJson));
  const sent = installScripts(manifest).get('install');
  const implied = !packed.has('install') && !packed.has('preinstall') && sent === 'node-gyp rebuild';
  if (implied && (hasBindingGyp || member(manifest, 'gypfile') === true)) packed.set('install', sent);
  return packed;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function incoherent(field: string, key?: string) {
  const where = key === undefined ? `"${field}"` : `"${field}" (${key.slice(0, 100)})`;
  return problem(
    'manifest-mismatch',
    `Package manifest is not coherent: ${where} differs from package.json in the archive. Pack and publish again.`,
  );
}
