import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourcePackage, SourceVersion } from '../../registry/model.ts';
import type { DocumentContent, DocumentKind } from '../format.ts';
import { flatContainer, leafKind, pageKind, registrationKinds } from './document-kinds.ts';
import type { NuGetManifest } from './manifest.ts';
import { compareVersions, parseVersion } from './nuget-version.ts';
import { buildPackage, type NuGetPackage, type PackageEntry } from './package-entries.ts';

const base = 'https://host/api/v4/projects/1/packages/nuget';

function manifest(id: string, version: string): NuGetManifest {
  const parsed = parseVersion(version);
  return {
    id,
    version: parsed?.full ?? '',
    semVer2: (parsed?.labels.length ?? 0) > 1 || parsed?.metadata !== '',
    authors: 'a',
    description: 'd',
    tags: [],
    packageTypes: [{ name: 'Dependency' }],
    dependencyGroups: [],
    size: 1,
    sha512: 'x',
    embedded: [],
  };
}

function version(text: string, id: number, change: Partial<SourceVersion> = {}): SourceVersion {
  const parsed = parseVersion(text);
  if (parsed === null) throw new Error(text);
  return {
    id,
    key: parsed.key,
    version: parsed.full,
    revision: id,
    publishedAt: 1_700_000_000_000 + id,
    publisher: null,
    fragment: JSON.stringify(manifest('Acme.Lib', text)),
    status: 'default',
    standing: null,
    standingReason: null,
    files: [],
    ...change,
  };
}

function source(versions: readonly SourceVersion[], id = 1): SourcePackage {
  return {
    id,
    projectId: 1,
    name: 'Acme.Lib',
    nameKey: 'acme.lib',
    revision: 1,
    createdAt: 0,
    updatedAt: 0,
    versions,
    tags: new Map(),
    maintainers: [],
    stars: [],
    readme: null,
    standing: null,
    standingReason: null,
  };
}

const textOf = ({ parts }: DocumentContent): string =>
  parts.map((part) => (typeof part === 'string' ? part : part.text())).join('');
const namesIn = (kind: DocumentKind<NuGetPackage>, doc: NuGetPackage) => kind.versions(doc).map((each) => each.version);

const versionText = fc
  .tuple(
    fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
    fc.array(fc.constantFrom('a', 'B', 'rc', '1', '10', '2', 'x-y'), { maxLength: 2 }),
    fc.constantFrom('', '', '+m'),
  )
  .map(
    ([numbers, labels, metadata]) => numbers.join('.') + (labels.length === 0 ? '' : `-${labels.join('.')}`) + metadata,
  );

/** Of different versions. */
const packages = fc
  .uniqueArray(versionText, { maxLength: 40, selector: (text) => parseVersion(text)?.key })
  .map((texts) => buildPackage(source(texts.map((text, index) => version(text, index + 1)))));

const whole: readonly (readonly [string, DocumentKind<NuGetPackage>])[] = [
  ['registration for SemVer 2', registrationKinds.semver2],
  ['flat container', flatContainer],
  ['page', pageKind('semver2', parseVersion('0.0.0-0') as never, parseVersion('9.0.0') as never)],
];

describe.each(whole)('the laws of a document kind: %s', (_name, kind) => {
  test('keeping all changes nothing, and what is kept is among what was asked', () => {
    fc.assert(
      fc.property(packages, fc.array(versionText), (doc, some) => {
        expect(kind.keep(doc, new Set(namesIn(kind, doc)))).toEqual(doc);
        const asked = new Set([...some, ...namesIn(kind, doc).slice(0, 2)]);
        expect(namesIn(kind, kind.keep(doc, asked)).every((name) => asked.has(name))).toBe(true);
      }),
    );
  });

  test('one alone is itself; of several the earlier wins a version, and no date is lost', () => {
    fc.assert(
      fc.property(packages, packages, (one, other) => {
        expect(kind.merge([one])).toEqual(one);
        const merged = kind.merge([one, other]);
        expect(new Set(namesIn(kind, merged))).toEqual(new Set([...namesIn(kind, one), ...namesIn(kind, other)]));
        const undated = { ...one, entries: one.entries.map((entry) => ({ ...entry, publishedAt: null })) };
        const dated = kind.merge([undated, one]);
        expect(kind.versions(dated)).toEqual(kind.versions(one));
        expect(merged.entries).toEqual(merged.entries.toSorted((a, b) => compareVersions(a.parsed, b.parsed)));
      }),
    );
  });

  test('what is written can be read again', () => {
    fc.assert(
      fc.property(packages, (doc) => {
        fc.pre(doc.entries.length > 0);
        expect(namesIn(kind, kind.parse(textOf(kind.render(doc, { base }))))).toEqual(namesIn(kind, doc));
      }),
    );
  });

  test('equal keys, equal text', () => {
    const texts = new Map<string, string>();
    fc.assert(
      fc.property(packages, fc.constantFrom(base, 'https://other/x'), (doc, at) => {
        // Stamps say which version it is: here its name and place do.
        const stamped = doc.entries.map(
          (entry): PackageEntry => ({ ...entry, stamp: `${entry.parsed.full}#${entry.publishedAt}` }),
        );
        for (const part of kind.render({ ...doc, entries: stamped }, { base: at }).parts) {
          if (typeof part === 'string') continue;
          expect(texts.get(part.key) ?? part.text()).toBe(part.text());
          texts.set(part.key, part.text());
        }
      }),
    );
  });
});

test('a leaf is written alone, read again, and nothing when the hive doesn’t show it', () => {
  const doc = buildPackage(source([version('1.0.0', 1), version('1.0.0-a.b', 2)]));
  const kind = leafKind('plain', parseVersion('1.0') as never);
  expect(namesIn(kind, kind.parse(textOf(kind.render(doc, { base }))))).toEqual(['1.0.0']);
});

test('parts of pages that didn’t change keep their key when a version is added', () => {
  const versions = Array.from({ length: 100 }, (_, n) => version(`1.0.${n}`, n + 1));
  const keys = (list: readonly SourceVersion[]) =>
    registrationKinds.semver2
      .render(buildPackage(source(list)), { base })
      .parts.flatMap((part) => (typeof part === 'string' ? [] : [part.key]));
  const [before, after] = [keys(versions.slice(0, 99)), keys(versions)];
  expect(after.filter((key) => !before.includes(key))).toHaveLength(1);
});

test('unlisted and hidden versions are said to be unlisted; what is in error is not shown at all', () => {
  const doc = buildPackage(
    source([
      version('1.0.0', 1, { standing: 'unlisted' }),
      version('2.0.0', 2, { status: 'hidden' }),
      version('3.0.0', 3),
    ]),
  );
  expect(doc.entries.map(({ listed }) => listed)).toEqual([false, false, true]);
});

test('a registration of elsewhere: fields as documented are read, others passed over', () => {
  const leaf = (entry: object) => ({ catalogEntry: { id: 'X', version: '1.0.0', ...entry } });
  const parsed = registrationKinds.semver2.parse(
    JSON.stringify({
      items: [
        {
          items: [
            leaf({
              authors: ['a', 'b'],
              tags: 'x y',
              published: '2020-01-01T00:00:00Z',
              dependencyGroups: [{ dependencies: [{ id: 'D', range: '[1.0.0-a.b, )' }, {}, 1] }],
            }),
          ],
        },
        { '@id': 'https://elsewhere/page', lower: '2.0.0', upper: '3.0.0' },
        {
          items: [
            leaf({ version: 'nonsense' }),
            leaf({
              version: '0.9.0',
              listed: false,
              published: '1900-01-01T00:00:00Z',
              deprecation: { reasons: ['Legacy', 'Made.Up'] },
            }),
            7,
            null,
          ],
        },
      ],
    }),
  );
  expect(parsed.id).toBe('X');
  expect(parsed.entries).toMatchObject([
    { parsed: { key: '0.9.0' }, listed: false, publishedAt: null, deprecation: { reasons: ['Legacy'] } },
    { parsed: { key: '1.0.0' }, listed: true, publishedAt: 1_577_836_800_000, semVer2: true, deprecation: null },
  ]);
  expect(JSON.parse(parsed.entries[1]?.fragment ?? '')).toMatchObject({
    authors: 'a, b',
    tags: ['x', 'y'],
    dependencyGroups: [{ dependencies: [{ id: 'D' }] }],
  });
});

describe('5,000 versions', () => {
  const all = Array.from({ length: 5_000 }, (_, index) =>
    version(`1.${index % 50}.${Math.floor(index / 50)}`, index + 1),
  );
  const grown = [...all, version('2.0.0', 5_001)];
  const keysOf = ({ parts }: DocumentContent): string[] =>
    parts.flatMap((part) => (typeof part === 'string' ? [] : [part.key]));
  const index = (versions: readonly SourceVersion[]) =>
    JSON.parse(textOf(registrationKinds.plain.render(buildPackage(source(versions)), { base }))) as {
      items: { lower: string; upper: string; count: number }[];
    };

  test('pages follow each other without a gap, and hold them all', () => {
    const { items } = index(all);
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    const bounds = items.flatMap(({ lower, upper }) => [lower, upper]).map((text) => parseVersion(text));
    for (const [at, bound] of bounds.entries()) {
      const next = bounds[at + 1];
      if (bound && next) expect(compareVersions(bound, next)).toBeLessThan(0);
    }
  });

  test('one more changes the last page alone, and of that one part', () => {
    const [before, after] = [index(all).items, index(grown).items];
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    const last = after.at(-1);
    const [lower, upper] = [parseVersion(last?.lower ?? ''), parseVersion(last?.upper ?? '')];
    if (lower === null || upper === null) throw new Error('no page');
    const kind = pageKind('plain', lower, upper);
    const parts = [all, grown].map((versions) => keysOf(kind.render(kind.build(source(versions)), { base })));
    expect(parts[1]?.filter((key) => !parts[0]?.includes(key))).toHaveLength(1);
  });
});
