import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentKind } from '../format.ts';
import { type ProviderList, providerVersions } from './providers/version-list.ts';
import { moduleVersions, type VersionList } from './version-list.ts';
import { compareVersions, latestOf } from './versions-order.ts';

const version = fc
  .tuple(fc.nat(12), fc.nat(12), fc.nat(12), fc.constantFrom('', '-rc.1', '-rc.10', '+build', '-a+b'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
const publishedAt = fc.option(fc.integer({ min: 0, max: 4e12 }));
const text = fc.string({ maxLength: 10 });
const ordered = <T extends { readonly version: string }>(entries: readonly T[]): T[] =>
  entries.toSorted((a, b) => compareVersions(a.version, b.version));

const requirements = fc.record({
  providers: fc.array(fc.record({ name: text, source: text, version: text }), { maxLength: 2 }),
  dependencies: fc.array(fc.record({ name: text, source: text, version: text }), { maxLength: 2 }),
});
const modules: fc.Arbitrary<VersionList> = fc.record({
  name: fc.constant('hello/local'),
  versions: fc
    .uniqueArray(
      fc.record({
        version,
        publishedAt,
        archive: fc.constantFrom('tgz' as const, 'zip' as const, null),
        projectId: fc.nat(9),
        root: requirements,
        submodules: fc.array(
          fc.tuple(text, requirements).map(([path, of]) => ({ path, ...of })),
          { maxLength: 2 },
        ),
      }),
      { selector: (one) => one.version, maxLength: 8 },
    )
    .map(ordered),
});
const providers: fc.Arbitrary<ProviderList> = fc.record({
  name: fc.constant('demo'),
  versions: fc
    .uniqueArray(
      fc.record({
        version,
        publishedAt,
        protocols: fc.array(fc.constantFrom('5.0', '6.0'), { maxLength: 2 }),
        platforms: fc.array(
          fc.record({
            os: text,
            arch: text,
            h1: fc.option(text),
            fileName: text,
            sha256: fc.option(text),
            size: fc.option(fc.nat()),
          }),
          { maxLength: 3 },
        ),
      }),
      { selector: (one) => one.version, maxLength: 8 },
    )
    .map(ordered),
});

const base = 'https://packages.test/yard/api/v4/packages/terraform';

function laws<Doc>(name: string, kind: DocumentKind<Doc>, documents: fc.Arbitrary<Doc>): void {
  describe(name, () => {
    const versionsOf = (doc: Doc) => kind.versions(doc).map((one) => one.version);
    const written = (doc: Doc): string =>
      kind
        .render(doc, { base })
        .parts.map((part) => (typeof part === 'string' ? part : part.text()))
        .join('');

    test('what was written is read', () => {
      const property = fc.property(documents, (doc) => {
        expect(kind.parse(written(doc))).toEqual(doc);
      });
      fc.assert(property);
    });

    test('keeping', () => {
      const property = fc.property(documents, fc.array(version), (doc, some) => {
        expect(kind.keep(doc, new Set(versionsOf(doc)))).toEqual(doc);
        const kept = new Set([...some, ...versionsOf(doc).slice(1)]);
        expect(versionsOf(kind.keep(doc, kept)).every((one) => kept.has(one))).toBe(true);
      });
      fc.assert(property);
    });

    test('merging', () => {
      const property = fc.property(documents, documents, (one, two) => {
        expect(kind.merge([one])).toEqual(one);
        const merged = kind.versions(kind.merge([one, two]));
        expect(merged.map((entry) => entry.version)).toEqual(ordered([...merged]).map((entry) => entry.version));
        for (const { version: key, publishedAt: at } of merged) {
          const dates = [one, two].flatMap((doc) => kind.versions(doc).filter((entry) => entry.version === key));
          expect(at).toBe(dates.find((entry) => entry.publishedAt !== null)?.publishedAt ?? null);
        }
      });
      fc.assert(property);
    });
  });
}

laws('versions of a module', moduleVersions, modules);
laws('versions of a provider', providerVersions, providers);

test('the address of a module is its project’s, below the prefix of the server', () => {
  const doc: VersionList = {
    name: 'hello/local',
    versions: [
      {
        version: '1.0.0',
        publishedAt: 0,
        archive: 'tgz',
        projectId: 7,
        root: { providers: [], dependencies: [] },
        submodules: [],
      },
    ],
  };
  const [part] = moduleVersions.render(doc, { base }).parts;
  expect(part).toContain(
    '"source":"https://packages.test/yard/api/v4/projects/7/packages/terraform/modules/hello/local"',
  );
});

test('the latest is the highest release', () => {
  expect(latestOf(['1.0.0', '1.10.0', '1.9.0', '2.0.0-rc.1'])).toBe('1.10.0');
  expect(latestOf(['2.0.0-rc.2', '2.0.0-rc.10'])).toBe('2.0.0-rc.10');
  expect(latestOf([])).toBeNull();
  expect(['x', '1.0.0', '1.0.0+b', '1.0.0-a'].toSorted(compareVersions)).toEqual(['x', '1.0.0-a', '1.0.0', '1.0.0+b']);
});
