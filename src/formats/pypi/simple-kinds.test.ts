import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentKind } from '../format.ts';
import { type ListedFile, withVersions } from './listed-file.ts';
import { simpleHtml, simpleJson } from './simple-kinds.ts';
import type { SimpleProject } from './simple-project.ts';

const base = 'https://h/api/v4/projects/1/packages/pypi';
const kinds = [
  ['JSON', simpleJson],
  ['HTML', simpleHtml],
] as const;

const digest = fc
  .array(fc.constantFrom('0', '1', '5', '9', 'a', 'f'), { minLength: 64, maxLength: 64 })
  .map((all) => all.join(''));
const words = fc.string({ maxLength: 20 }).filter((text) => !/[\uD800-\uDFFF\r\n\0]/.test(text));
const version = fc
  .tuple(fc.nat(3), fc.nat(12), fc.constantFrom('', 'a1', 'rc2', '.post1', '.dev3', '+local.1'))
  .map(([major, minor, rest]) => `${major}.${minor + 1}${rest}`);
const ending = fc.constantFrom('-py3-none-any.whl', '-1-cp311-abi3-linux_x86_64.whl', '.tar.gz', '.zip');
const file: fc.Arbitrary<ListedFile> = fc.record({
  fileName: fc.tuple(version, ending).map(([of, end]) => `foo_bar-${of}${end}`),
  sha256: digest,
  size: fc.nat(),
  uploadedAt: fc.option(fc.nat(4e12)),
  requiresPython: fc.option(words.filter((text) => text !== '')),
  yanked: fc.option(words),
  metadata: fc.option(fc.oneof(fc.constant(true as const), digest)),
  isSigned: fc.boolean(),
  provenance: fc.option(fc.webUrl()),
  source: fc.webUrl(),
});
const project: fc.Arbitrary<SimpleProject> = fc
  .uniqueArray(file, { minLength: 1, maxLength: 80, selector: ({ fileName }) => fileName })
  .map((files) => ({ name: 'foo-bar', status: null, files: withVersions(files, 'foo-bar') }));

function textOf(kind: DocumentKind<SimpleProject>, document: SimpleProject): string {
  return kind
    .render(document, { base })
    .parts.map((part) => (typeof part === 'string' ? part : part.text()))
    .join('');
}

const listed = (kind: DocumentKind<SimpleProject>, document: SimpleProject) =>
  kind.versions(document).map((entry) => entry.version);

describe.each(kinds)('the laws of the %s page', (_name, kind) => {
  test('reading what was written lists the same', () => {
    fc.assert(
      fc.property(project, (document) => {
        const read = kind.parse(textOf(kind, document));
        expect(read.name).toBe('foo-bar');
        const shown = (of: SimpleProject) =>
          of.files.map(({ fileName, version, sha256, requiresPython, yanked, metadata, isSigned, provenance }) => ({
            fileName,
            version,
            sha256,
            requiresPython,
            yanked,
            metadata,
            isSigned,
            provenance,
          }));
        expect(shown(read)).toEqual(shown(document));
        if (kind === simpleJson) expect(kind.versions(read)).toEqual(kind.versions(document));
      }),
      { numRuns: 50 },
    );
  });

  test('keeping everything changes nothing, and nothing is kept that was not asked for', () => {
    fc.assert(
      fc.property(project, fc.array(version), (document, some) => {
        const all = listed(kind, document);
        expect(kind.keep(document, new Set(all))).toEqual(document);
        const wanted = new Set([...some, ...all.slice(0, 1)]);
        const kept = kind.keep(document, wanted);
        expect(listed(kind, kept)).toEqual(all.filter((each) => wanted.has(each)));
      }),
      { numRuns: 50 },
    );
  });

  test('merging: one is itself; the earlier wins a version whole; no version and no date is lost', () => {
    fc.assert(
      fc.property(project, project, (one, other) => {
        expect(kind.merge([one])).toEqual(one);
        const merged = kind.merge([one, other]);
        const own = new Set(listed(kind, one));
        expect(new Set(listed(kind, merged))).toEqual(new Set([...own, ...listed(kind, other)]));
        const names = (of: SimpleProject) =>
          of.files.filter((each) => own.has(each.version)).map((each) => each.fileName);
        expect(names(merged)).toEqual(names(one));
        const dates = new Map(kind.versions(merged).map((entry) => [entry.version, entry.publishedAt]));
        for (const { version: of, publishedAt } of [...kind.versions(other), ...kind.versions(one)]) {
          if (publishedAt !== null) expect(dates.get(of)).not.toBeNull();
        }
      }),
      { numRuns: 50 },
    );
  });

  test('equal keys have equal text', () => {
    const texts = new Map<string, string>();
    fc.assert(
      fc.property(project, fc.constantFrom(base, 'https://other'), (document, mount) => {
        for (const part of kind.render(document, { base: mount }).parts) {
          if (typeof part === 'string') continue;
          expect(texts.get(part.key) ?? part.text()).toBe(part.text());
          texts.set(part.key, part.text());
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('pages of others', () => {
  const sha256 = 'a'.repeat(64);

  test('one release has one version, however its files spell it; what no installer takes is left out', () => {
    const names = [
      'foo_bar-1.0.tar.gz',
      'foo_bar-1.0.0-py3-none-any.whl',
      'foo_bar-1.0.exe',
      'foo_bar-1.0-py2.7.egg',
      'x',
    ];
    const files = names.map((filename) => ({ filename, url: `/f/${filename}`, hashes: { sha256 } }));
    const read = simpleJson.parse(JSON.stringify({ meta: { 'api-version': '1.0' }, name: 'Foo.Bar', files }));
    expect(read.files.map((each) => [each.fileName, each.version])).toEqual([
      ['foo_bar-1.0.0-py3-none-any.whl', '1.0'],
      ['foo_bar-1.0.tar.gz', '1.0'],
    ]);
    expect(JSON.parse(textOf(simpleJson, read))).toMatchObject({ meta: { 'api-version': '1.0' }, versions: ['1.0'] });
  });

  test('HTML as several indexes write it', () => {
    const page = `<!DOCTYPE html><html><head><title>Links for Foo.Bar</title>
      <meta name="pypi:project-status" content="archived"><meta name='pypi:project-status-reason' content='old &amp; gone'></head>
      <body><!-- <a href="no#sha256=${sha256}">foo_bar-9.tar.gz</a> -->
      <a href="../../f/foo_bar-1.0.tar.gz#sha256=${sha256.toUpperCase()}" data-requires-python="&gt;=3.8" data-yanked="">foo_bar-1.0.tar.gz</a>
      <a rel=internal href='https://x/foo_bar-1.1.zip#sha256=${sha256}' data-dist-info-metadata=true> foo_bar-1.1.zip </a>
      <a href="foo_bar-1.2.tar.gz#md5=${'b'.repeat(32)}">foo_bar-1.2.tar.gz</a></body></html>`;
    const read = simpleHtml.parse(page);
    expect(read).toMatchObject({ name: 'foo-bar', status: { status: 'archived', reason: 'old & gone' } });
    expect(read.files).toMatchObject([
      { version: '1.0', sha256, source: '../../f/foo_bar-1.0.tar.gz', requiresPython: '>=3.8', yanked: '' },
      { version: '1.1', source: 'https://x/foo_bar-1.1.zip', yanked: null, metadata: true },
    ]);
  });

  test.each([
    '',
    'x',
    '{',
    '{}',
    '[]',
    '{"name":"x","files":1}',
    '{"name":"x","files":[],"meta":{"api-version":"2.0"}}',
  ])('%j is no page', (text) =>
    expect(() => simpleJson.parse(text)).toThrow(expect.objectContaining({ code: 'invalid-json' })),
  );

  test('whatever a file entry holds is no trouble', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (files) => {
        expect(simpleJson.parse(JSON.stringify({ name: 'x', files })).files).toEqual([]);
      }),
    );
  });
});

test('a project without files is not there, unless it is in quarantine', () => {
  const empty: SimpleProject = { name: 'foo', status: null, files: [] };
  for (const [, kind] of kinds) {
    const missing = expect.objectContaining({ code: 'package-not-found' });
    expect(() => textOf(kind, empty)).toThrow(missing);
    expect(() => textOf(kind, { ...empty, status: { status: 'archived', reason: null } })).toThrow(missing);
  }
  const closed: SimpleProject = { ...empty, status: { status: 'quarantined', reason: 'malware' } };
  expect(JSON.parse(textOf(simpleJson, closed))).toMatchObject({
    'project-status': { status: 'quarantined', reason: 'malware' },
    versions: [],
    files: [],
  });
  expect(textOf(simpleHtml, closed)).toContain('<meta name="pypi:project-status" content="quarantined">');
});

test('a page of more tags than any list of files has is none', () => {
  const page = (tags: number): string => `<!DOCTYPE html><title>Links for x</title>${'<br>'.repeat(tags)}`;
  expect(simpleHtml.parse(page(90_000)).name).toBe('x');
  expect(() => simpleHtml.parse(page(100_000))).toThrow('tags');
});
