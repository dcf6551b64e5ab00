/** Versions and file names as Python's own `packaging` reads them. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { normalizeName, parseSdistName, parseWheelName } from '../../src/formats/pypi/file-names.ts';
import { compareVersions, parseVersion } from '../../src/formats/pypi/version-order.ts';
import { describeClient } from './client.ts';
import { type PythonMachine, pythonMachine } from './python-machine.ts';

const seed = 20_261_124;

const number = fc.oneof(fc.nat(12).map(String), fc.constantFrom('00', '007', '2024', '99999999999999999999'));
const optional = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom('', '', '', ...words);
const separator = fc.constantFrom('', '.', '-', '_');
const suffix = (...words: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(separator, optional(...words), separator, fc.option(number, { nil: '' }))
    .map(([before, word, between, count]) =>
      word === '' ? '' : `${before}${word}${count === '' ? '' : between}${count}`,
    );
const local = fc
  .array(fc.constantFrom('1', '01', '10', 'a', 'ubuntu', '1a', 'Z'), { maxLength: 3 })
  .map((segments) => (segments.length === 0 ? '' : `+${segments.join('.')}`));

/** Close relatives of each other, so that every part decides sometimes. */
const wellFormed = fc
  .tuple(
    optional('v', '1!', '0!'),
    fc.array(number, { minLength: 1, maxLength: 4 }),
    suffix('a', 'ALPHA', 'b', 'beta', 'c', 'rc', 'pre', 'preview'),
    fc.oneof(suffix('post', 'rev', 'r'), optional('-1', '-02')),
    suffix('dev', 'DEV'),
    fc.oneof(fc.constant(''), local),
  )
  .map(([start, release, ...rest]) => `${start}${release.join('.')}${rest.join('')}`);
const mangled = fc.stringMatching(/^[ v]?[0-9.!+a-z_-]{0,12} ?$/);
const version = fc.oneof({ weight: 9, arbitrary: wellFormed }, { weight: 1, arbitrary: mangled });

const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,6}[A-Za-z0-9]$/);
const wheel = fc
  .tuple(
    word.map((name) => name.replaceAll('-', '_')),
    wellFormed.map((text) => text.replaceAll('-', '_')),
    optional('-1', '-2b', '-x'),
    fc.constantFrom('py3', 'py2.py3', 'cp311'),
    fc.constantFrom('none', 'abi3'),
    fc.constantFrom('any', 'manylinux_2_17_x86_64.manylinux2014_x86_64', ''),
  )
  .map(([name, release, build, ...tags]) => `${name}-${release}${build}-${tags.join('-')}.whl`);

describeClient('pip@26', (pip) => {
  let python: PythonMachine;
  beforeAll(async () => {
    python = await pythonMachine(pip);
  });

  test('20,000 versions: which are valid, how they are written, and 20,000 comparisons', async () => {
    // Each with one that is equal to it if it is a version at all.
    const versions = fc.sample(version, { numRuns: 10_000, seed }).flatMap((raw) => [raw, spelledOtherwise(raw)]);
    const program = `
import json, sys
from packaging.version import Version, InvalidVersion
def parse(text):
    try: return Version(text)
    except InvalidVersion: return None
versions = [parse(text) for text in json.load(sys.stdin)]
pairs = zip(versions, versions[1:] + versions[:1])
json.dump({
  "normal": [None if v is None else str(v) for v in versions],
  "prerelease": [None if v is None else v.is_prerelease for v in versions],
  "order": [None if a is None or b is None else (a > b) - (a < b) for a, b in pairs],
}, sys.stdout)`;
    const theirs = (await python.python(program, versions)) as Record<'normal' | 'prerelease' | 'order', unknown[]>;
    const parsed = versions.map(parseVersion);
    const next = (at: number): string => versions[(at + 1) % versions.length] ?? '';
    const pairs = versions.map((raw, at) => [raw, next(at)] as const);
    expect(parsed.map((ours) => ours?.normalized ?? null)).toEqual(theirs.normal);
    expect(parsed.map((ours) => ours?.prerelease ?? null)).toEqual(theirs.prerelease);
    const order = pairs.map(([a, b]) =>
      parseVersion(a) === null || parseVersion(b) === null ? null : compareVersions(a, b),
    );
    expect(order).toEqual(theirs.order);
    expect(theirs.normal.filter((text) => text === null).length).toBeGreaterThan(500);
    expect(new Set(theirs.order).size).toBe(4);
    const equal = pairs.map(([a, b]) => parseVersion(a) !== null && parseVersion(a)?.key === parseVersion(b)?.key);
    expect(equal).toEqual(theirs.order.map((result) => result === 0));
  });

  test('5,000 names of wheels, of source distributions, and of projects', async () => {
    const wheels = fc.sample(wheel, { numRuns: 5000, seed });
    const names = fc.sample(word, { numRuns: 5000, seed });
    const sdists = fc
      .sample(fc.tuple(word, wellFormed, fc.constantFrom('.tar.gz', '.zip', '.tar.bz2')), { numRuns: 5000, seed })
      .map(([name, release, end]) => `${name.replaceAll('-', '_')}-${release.replaceAll('-', '_')}${end}`);
    const program = `
import json, sys
from packaging.utils import canonicalize_name, parse_wheel_filename, parse_sdist_filename, InvalidWheelFilename, InvalidSdistFilename
def wheel(text):
    try: name, version, build, tags = parse_wheel_filename(text)
    except InvalidWheelFilename: return None
    return [name, str(version), "".join(map(str, build))]
def sdist(text):
    try: name, version = parse_sdist_filename(text)
    except InvalidSdistFilename: return None
    return [name, str(version)]
given = json.load(sys.stdin)
json.dump([[wheel(t) for t in given["wheels"]], [sdist(t) for t in given["sdists"]], [canonicalize_name(t) for t in given["names"]]], sys.stdout)`;
    const theirs = (await python.python(program, { wheels, sdists, names })) as (string[] | null)[][];
    expect(wheels.map(ourWheel)).toEqual(theirs[0]);
    expect(sdists.map(ourSdist)).toEqual(theirs[1]);
    expect(names.map(normalizeName)).toEqual(theirs[2]);
    for (const side of [theirs[0], theirs[1]])
      expect(side?.filter((parsed) => parsed === null).length).toBeGreaterThan(100);
  });
});

function spelledOtherwise(raw: string): string {
  return raw.toUpperCase().replace(/^[ V]*(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*/, '$&.0');
}

function ourWheel(fileName: string): string[] | null {
  const parsed = parseWheelName(fileName);
  if (parsed === null) return null;
  const { name, version: release, build } = parsed;
  return [normalizeName(name), release.normalized, build ?? ''];
}

function ourSdist(fileName: string): string[] | null {
  const parsed = parseSdistName(fileName, fileName.slice(0, fileName.indexOf('-')));
  return parsed === null ? null : [normalizeName(parsed.name), parsed.version.normalized];
}
