import { describe, expect, test } from 'vitest';
import type { UpstreamSteps } from '../upstream-protocol.ts';
import { projectName } from './distribution-name.ts';
import { possibleProjects } from './file-names.ts';
import { projectJson } from './project-json-kinds.ts';
import { simpleJson } from './simple-kinds.ts';
import type { SimpleProject } from './simple-project.ts';
import { pypiUpstream } from './upstream.ts';

const name = projectName('Lib');
const sha256 = 'a'.repeat(64);

function pageOf(project: string, change: Record<string, unknown> = {}): string {
  const file = {
    filename: 'lib-1.0-py3-none-any.whl',
    url: '../../files/lib-1.0-py3-none-any.whl#x',
    hashes: { sha256 },
    'upload-time': '2026-01-01T00:00:00Z',
    provenance: 'https://up.example/integrity/lib',
    'core-metadata': true,
    ...change,
  };
  return JSON.stringify({ meta: { 'api-version': '1.1' }, name: project, files: [file] });
}

/** Walks the steps over pages by path; what isn't there is absent. */
function walk<T>(steps: UpstreamSteps<T>, pages: Readonly<Record<string, string>>): { asked: string[]; result: T } {
  const asked: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const { path, read } = step.value;
    asked.push(path);
    const text = pages[path];
    const head = { url: `https://up.example/simple/${path}`, mediaType: '', headers: {} };
    step = steps.next(text === undefined ? null : read(text, head));
  }
  return { asked, result: step.value };
}

describe('documents', () => {
  const wanted = { kind: simpleJson, name, dates: false };

  test('one page, without links that lead elsewhere', () => {
    const { asked, result } = walk(pypiUpstream.document(wanted), { 'lib/': pageOf('Lib') });
    expect(asked).toEqual(['lib/']);
    expect((result as SimpleProject).files).toMatchObject([{ source: null, provenance: 'ours', isSigned: false }]);
  });

  test.each([
    ['of another project', { 'lib/': pageOf('other') }],
    ['absent', {}],
  ])('%s', (_, pages) => {
    expect(walk(pypiUpstream.document(wanted), pages).result).toBeNull();
  });

  test('the JSON API of others is not asked', () => {
    expect(walk(pypiUpstream.document({ ...wanted, kind: projectJson }), {})).toEqual({ asked: [], result: null });
  });
});

describe('files', () => {
  const fileName = 'lib-1.0-py3-none-any.whl';
  const wanted = { name: null, versionKey: null, fileName, role: null, sha256, dates: false };
  const pages = { 'lib/': pageOf('lib') };
  const located = 'https://up.example/files/lib-1.0-py3-none-any.whl';

  test('where the page says, with its digest and date', () => {
    expect(walk(pypiUpstream.file(wanted), pages).result).toEqual({
      path: located,
      license: null,
      name: { key: 'lib', display: 'lib', namespace: null },
      version: '1.0',
      publishedAt: Date.UTC(2026, 0, 1),
      digests: { sha256 },
      looksLike: 'zip',
    });
  });

  test('metadata with the digest that the page has of it, attestations where it says', () => {
    const beside = (ending: string, page = pages) =>
      walk(pypiUpstream.file({ ...wanted, name, sha256: null, fileName: `${fileName}${ending}` }), page).result;
    expect(beside('.metadata')).toMatchObject({ path: `${located}.metadata`, digests: {} });
    const hashed = { 'lib/': pageOf('lib', { 'core-metadata': { sha256: 'b'.repeat(64) } }) };
    expect(beside('.metadata', hashed)?.digests).toEqual({ sha256: 'b'.repeat(64) });
    expect(beside('.metadata', { 'lib/': pageOf('lib', { 'core-metadata': false }) })).toBeNull();
    expect(beside('.provenance')).toMatchObject({ path: 'https://up.example/integrity/lib', mutable: true });
    expect(beside('.provenance', { 'lib/': pageOf('lib', { provenance: null }) })).toBeNull();
  });

  test.each([
    ['another digest', { sha256: 'c'.repeat(64) }, pages],
    ['another name', { fileName: 'lib-2.0-py3-none-any.whl' }, pages],
    ['no link', {}, { 'lib/': pageOf('lib', { url: 'http://' }) }],
    ['no page', {}, {}],
    ['no distribution', { fileName: 'readme.txt' }, pages],
  ])('nothing for %s', (_, change, there) => {
    expect(walk(pypiUpstream.file({ ...wanted, ...change }), there).result).toBeNull();
  });
});

test.each([
  ['lib-1.0-py3-none-any.whl', ['lib']],
  ['Foo.Bar-1.0.tar.gz', ['foo-bar']],
  ['foo-bar-1.0.zip', ['foo-bar']],
  ['a-1-2.tar.gz', ['a', 'a-1']],
  ['notes.txt', []],
])('%s may be of %j', (fileName, projects) => {
  expect(possibleProjects(fileName)).toEqual(projects);
});
