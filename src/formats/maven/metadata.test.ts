import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArtifactMetadata, artifactMetadata, inOrder, type ListedVersion } from './artifact-metadata.ts';
import { type SnapshotMetadata, snapshotMetadata } from './snapshot-metadata.ts';
import type { DocumentKind } from '../format.ts';

function textOf<Doc>(kind: DocumentKind<Doc>, doc: Doc): string {
  const { parts } = kind.render(doc, { base: 'https://host' });
  return parts.map((part) => (typeof part === 'string' ? part : part.text())).join('');
}

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
const version = fc.stringMatching(/^\d{1,2}\.\d{1,2}(-(SNAPSHOT|rc1|\d))?$/);
/** Whole seconds: documents tell no more. */
const time = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => seconds * 1_000);
const listed: fc.Arbitrary<ListedVersion> = fc.record({ version, publishedAt: fc.option(time) });

const artifact: fc.Arbitrary<ArtifactMetadata> = fc.record({
  groupId: fc.option(word),
  artifactId: fc.option(word),
  versions: fc.uniqueArray(listed, { selector: ({ version }) => version, maxLength: 8 }).map(inOrder),
  lastUpdated: fc.option(time),
  plugins: fc.uniqueArray(
    fc.record({
      prefix: word,
      artifactId: word,
      name: fc.stringMatching(/^[a-z&<>"' ]{0,5}[a-z]$/).map((text) => text.trim()),
    }),
    {
      selector: ({ prefix }) => prefix,
      maxLength: 3,
    },
  ),
});

const snapshot: fc.Arbitrary<SnapshotMetadata> = fc.record({
  groupId: fc.option(word),
  artifactId: fc.option(word),
  version: fc.constant('1.0-SNAPSHOT'),
  publishedAt: fc.option(time),
  snapshot: fc.option(fc.record({ timestamp: fc.stringMatching(/^20\d{6}\.\d{6}$/), number: fc.nat(10_000) })),
  files: fc.uniqueArray(
    fc.record({
      classifier: fc.oneof(fc.constant(''), word),
      extension: fc.constantFrom('jar', 'pom', 'tar.gz', 'jar.asc'),
      value: fc.constant('1.0-20260101.000000-1'),
      updated: fc.stringMatching(/^20\d{12}$/),
    }),
    { selector: ({ classifier, extension }) => `${classifier}.${extension}`, minLength: 1, maxLength: 6 },
  ),
});

function laws<Doc>(name: string, kind: DocumentKind<Doc>, docs: fc.Arbitrary<Doc>): void {
  const names = (doc: Doc): string[] => kind.versions(doc).map(({ version }) => version);

  describe(`the laws of ${name}`, () => {
    test('keeping everything changes nothing', () => {
      fc.assert(
        fc.property(docs, (doc) => {
          expect(kind.keep(doc, new Set(names(doc)))).toEqual(doc);
        }),
      );
    });

    test('what is kept is within what was to be kept', () => {
      fc.assert(
        fc.property(docs, fc.array(version), (doc, kept) => {
          for (const left of names(kind.keep(doc, new Set(kept)))) expect(kept).toContain(left);
        }),
      );
    });

    test('one alone is merged to itself', () => {
      fc.assert(
        fc.property(docs, (doc) => {
          expect(kind.merge([doc])).toEqual(doc);
        }),
      );
    });

    test('several have all versions, and no date is lost', () => {
      fc.assert(
        fc.property(fc.array(docs, { minLength: 1, maxLength: 4 }), (several) => {
          const merged = new Map(kind.versions(kind.merge(several)).map((one) => [one.version, one.publishedAt]));
          const all = several.flatMap((doc) => kind.versions(doc));
          expect(new Set(merged.keys())).toEqual(new Set(all.map(({ version }) => version)));
          for (const { version, publishedAt } of all) {
            if (publishedAt !== null) expect(merged.get(version)).not.toBeNull();
          }
        }),
      );
    });

    test('what is written says the same when it is read', () => {
      fc.assert(
        fc.property(docs, (doc) => {
          const again = kind.parse(textOf(kind, doc));
          expect(names(again)).toEqual(names(doc));
          expect(textOf(kind, again)).toBe(textOf(kind, doc));
        }),
      );
    });
  });
}

laws('artifact metadata', artifactMetadata, artifact);
laws('snapshot metadata', snapshotMetadata('1.0-SNAPSHOT'), snapshot);

test('latest and release are the highest, and a list without releases names none', () => {
  const doc = (versions: string[]): ArtifactMetadata => ({
    groupId: 'g',
    artifactId: 'a',
    versions: inOrder(versions.map((version) => ({ version, publishedAt: null }))),
    lastUpdated: null,
    plugins: [],
  });
  const text = textOf(artifactMetadata, doc(['1.10', '1.9', '2.0-SNAPSHOT', '1.10-rc1']));
  expect(text).toContain('<latest>2.0-SNAPSHOT</latest>');
  expect(text).toContain('<release>1.10</release>');
  expect(textOf(artifactMetadata, doc(['1.0-SNAPSHOT']))).not.toContain('<release>');
  expect(textOf(artifactMetadata, doc([]))).toBe('');
});

test('the newest file of each kind wins, and the newest member gives the build', () => {
  const kind = snapshotMetadata('1.0-SNAPSHOT');
  const doc = (updated: string, number: number): SnapshotMetadata => ({
    groupId: 'g',
    artifactId: 'a',
    version: '1.0-SNAPSHOT',
    publishedAt: null,
    snapshot: { timestamp: `${updated.slice(0, 8)}.${updated.slice(8)}`, number },
    files: [{ classifier: '', extension: 'jar', value: `of ${updated}`, updated }],
  });
  const merged = kind.merge([doc('20260101000000', 9), doc('20260102000000', 1)]);
  expect(merged.files.map(({ value }) => value)).toEqual(['of 20260102000000']);
  expect(merged.snapshot).toEqual({ timestamp: '20260102.000000', number: 1 });
});

test('what another repository calls versions and can be none is left out', () => {
  const endless = '9'.repeat(100_000);
  const names = ['1.0', '../../1.0', '1.0/x', '..', '', endless, '2.0 beta', '2.0'];
  const listed = names.map((name) => `<version>${name}</version>`).join('');
  const text = `<metadata><versioning><versions>${listed}</versions></versioning></metadata>`;
  expect(artifactMetadata.parse(text).versions.map(({ version }) => version)).toEqual(['1.0', '2.0']);
});
