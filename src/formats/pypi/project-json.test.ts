import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder, type JsonRelease, latestRelease, type ProjectJson } from './project-json.ts';
import { projectJson, releaseJson } from './project-json-kinds.ts';
import { parseVersion, type PythonVersion } from './version-order.ts';

const base = 'https://h/pypi';

function release(version: string, change: Partial<JsonRelease> = {}): JsonRelease {
  return {
    id: `${version}.1`,
    version,
    info: JSON.stringify({ name: 'Foo', version, summary: `of ${version}` }),
    yanked: null,
    files: [
      {
        fileName: `foo-${version}.tar.gz`,
        sha256: 'a'.repeat(64),
        md5: 'b'.repeat(32),
        blake2b256: 'c'.repeat(64),
        size: 1,
        uploadedAt: 1_700_000_000_000,
        packageType: 'sdist',
        pythonVersion: 'source',
        requiresPython: null,
        comment: null,
      },
    ],
    ...change,
  };
}

function projectOf(...releases: readonly JsonRelease[]): ProjectJson {
  return { name: 'foo', description: null, releases: inOrder(releases) };
}

const version = fc
  .tuple(fc.nat(3), fc.nat(12), fc.constantFrom('', 'a1', '.post1', '.dev3'))
  .map(([major, minor, rest]) => `${major}.${minor + 1}${rest}`);
const project = fc
  .uniqueArray(fc.tuple(version, fc.option(fc.nat(4e12))), { minLength: 1, selector: ([of]) => of })
  .map((all) =>
    projectOf(
      ...all.map(([of, uploadedAt]) => {
        const made = release(of);
        return { ...made, id: `${of}.${uploadedAt}`, files: made.files.map((file) => ({ ...file, uploadedAt })) };
      }),
    ),
  );

const textOf = (document: ProjectJson, kind = projectJson) =>
  kind
    .render(document, { base })
    .parts.map((part) => (typeof part === 'string' ? part : part.text()))
    .join('');
const versions = (document: ProjectJson) => projectJson.versions(document).map((entry) => entry.version);
const parsed = (text: string) => parseVersion(text) as PythonVersion;

describe('the laws of the JSON API', () => {
  test('reading what was written gives the same versions', () => {
    fc.assert(
      fc.property(project, (document) => {
        expect(projectJson.versions(projectJson.parse(textOf(document)))).toEqual(projectJson.versions(document));
      }),
      { numRuns: 50 },
    );
  });

  test('keeping everything changes nothing, and nothing is kept that was not asked for', () => {
    fc.assert(
      fc.property(project, (document) => {
        expect(projectJson.keep(document, new Set(versions(document)))).toEqual(document);
        const [first = ''] = versions(document);
        expect(versions(projectJson.keep(document, new Set([first, '99'])))).toEqual([first]);
      }),
    );
  });

  test('merging: one is itself; no version and no date is lost', () => {
    fc.assert(
      fc.property(project, project, (one, other) => {
        expect(projectJson.merge([one])).toEqual(one);
        const merged = projectJson.merge([one, other]);
        expect(new Set(versions(merged))).toEqual(new Set([...versions(one), ...versions(other)]));
        const dates = new Map(projectJson.versions(merged).map((entry) => [entry.version, entry.publishedAt]));
        for (const entry of [one, other].flatMap((each) => projectJson.versions(each))) {
          if (entry.publishedAt !== null) expect(dates.get(entry.version)).not.toBeNull();
        }
      }),
    );
  });
});

test('the newest release that is neither yanked nor a pre-release stands for the project', () => {
  const latest = (...releases: readonly JsonRelease[]) => latestRelease(projectOf(...releases))?.version;
  expect(latest(release('1.0'), release('1.10'), release('1.9'), release('2.0rc1'))).toBe('1.10');
  expect(latest(release('1.0'), release('1.1', { yanked: '' }))).toBe('1.0');
  expect(latest(release('1.0a1'), release('1.0a2'))).toBe('1.0a2');
  expect(latest(release('1.0', { yanked: 'x' }))).toBe('1.0');
  expect(latest()).toBeUndefined();
});

test('members have the types that clients know', () => {
  const info = JSON.stringify({
    name: 'Foo',
    version: '1.0',
    project_urls: ['Home, https://x', 'Odd'],
    keywords: 'a b',
  });
  const document = JSON.parse(textOf(projectOf(release('1.0', { info, yanked: 'bad' })))) as Record<string, unknown>;
  expect(document).toMatchObject({
    info: {
      name: 'Foo',
      classifiers: [],
      keywords: 'a b',
      requires_dist: null,
      project_urls: { Home: 'https://x', Odd: '' },
      yanked: true,
      yanked_reason: 'bad',
    },
    urls: [{ upload_time: '2023-11-14T22:13:20', upload_time_iso_8601: '2023-11-14T22:13:20.000Z', yanked: true }],
    vulnerabilities: [],
  });
});

test('one release, or none', () => {
  const document = projectOf(release('1.0'), release('2.0'));
  expect(JSON.parse(textOf(document, releaseJson(parsed('1.0.0'))))).toMatchObject({ info: { summary: 'of 1.0' } });
  const missing = expect.objectContaining({ code: 'version-not-found' });
  expect(() => textOf(document, releaseJson(parsed('3.0')))).toThrow(missing);
  expect(() => textOf(projectOf())).toThrow(expect.objectContaining({ code: 'package-not-found' }));
});

test.each(['', '{}', '[]', '{"info":{"name":"x"},"releases":[]}'])('%j is no project', (text) => {
  expect(() => projectJson.parse(text)).toThrow(expect.objectContaining({ code: 'invalid-json' }));
});

test('whatever files are listed is no trouble', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (releases) => {
      const text = JSON.stringify({ info: { name: 'x', version: '1' }, releases });
      expect(versions(projectJson.parse(text))).toEqual([]);
    }),
  );
});
