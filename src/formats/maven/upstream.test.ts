import { describe, expect, test } from 'vitest';
import type { UpstreamRequest, UpstreamSteps } from '../upstream-protocol.ts';
import { type ArtifactMetadata, artifactMetadata } from './artifact-metadata.ts';
import { nameOf } from './path.ts';
import { snapshotMetadata } from './snapshot-metadata.ts';
import { mavenUpstream } from './upstream.ts';

const name = nameOf(['com', 'acme', 'lib']);

interface Site {
  readonly text: string;
  readonly modified?: string;
}

/** Walks the steps over a site of paths; what isn't there is absent. */
function walk<T>(steps: UpstreamSteps<T>, site: Readonly<Record<string, Site>>): { asked: string[]; result: T } {
  const asked: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const request: UpstreamRequest = step.value;
    asked.push(request.path);
    const there = site[request.path];
    const headers: Record<string, string> = there?.modified === undefined ? {} : { 'last-modified': there.modified };
    const head = { url: `https://up.example/${request.path}`, mediaType: 'text/xml', headers };
    step = steps.next(there === undefined ? null : request.read(there.text, head));
  }
  return { asked, result: step.value };
}

const metadata = `<metadata><groupId>com.acme</groupId><artifactId>lib</artifactId><versioning>
  <versions><version>1.0</version><version>1.1</version></versions><lastUpdated>20260102030405</lastUpdated>
</versioning></metadata>`;

describe('documents', () => {
  const wanted = { kind: artifactMetadata, name, dates: false };

  test('the metadata of an artifact', () => {
    const site = { 'com/acme/lib/maven-metadata.xml': { text: metadata } };
    const { asked, result } = walk(mavenUpstream.document(wanted), site);
    expect(asked).toEqual(['com/acme/lib/maven-metadata.xml']);
    expect((result as ArtifactMetadata).versions.map(({ version }) => version)).toEqual(['1.0', '1.1']);
    expect(walk(mavenUpstream.document(wanted), {}).result).toBeNull();
  });

  test('where dates are asked for, POMs say them, and else the last change', () => {
    const { asked, result } = walk(mavenUpstream.document({ ...wanted, dates: true }), {
      'com/acme/lib/maven-metadata.xml': { text: metadata },
      'com/acme/lib/1.1/lib-1.1.pom': { text: '<project/>', modified: 'Thu, 01 Jan 2026 00:00:00 GMT' },
    });
    expect(asked.slice(1)).toEqual(['com/acme/lib/1.1/lib-1.1.pom', 'com/acme/lib/1.0/lib-1.0.pom']);
    expect((result as ArtifactMetadata).versions).toEqual([
      { version: '1.0', publishedAt: Date.UTC(2026, 0, 2, 3, 4, 5), license: null },
      { version: '1.1', publishedAt: Date.UTC(2026, 0, 1), license: null },
    ]);
  });

  test('where licenses are asked for, parents say what POMs leave to them, each asked once', () => {
    const child = (version: string): string =>
      `<project><parent><groupId>com.acme</groupId><artifactId>${version}</artifactId><version>1</version></parent></project>`;
    const licensed = '<project><licenses><license><name>MIT</name></license></licenses></project>';
    const { asked, result } = walk(mavenUpstream.document({ ...wanted, licenses: true }), {
      'com/acme/lib/maven-metadata.xml': { text: metadata },
      'com/acme/lib/1.1/lib-1.1.pom': { text: child('middle') },
      'com/acme/lib/1.0/lib-1.0.pom': { text: child('middle') },
      'com/acme/middle/1/middle-1.pom': { text: child('top') },
      'com/acme/top/1/top-1.pom': { text: licensed },
    });
    expect(asked.filter((path) => !path.startsWith('com/acme/lib/'))).toEqual([
      'com/acme/middle/1/middle-1.pom',
      'com/acme/top/1/top-1.pom',
    ]);
    expect((result as ArtifactMetadata).versions.map(({ license }) => license)).toEqual(['MIT', 'MIT']);
  });

  test('parents in a circle, or that are not there, say nothing', () => {
    const circle =
      '<project><parent><groupId>com.acme</groupId><artifactId>lib</artifactId><version>1.0</version></parent></project>';
    const { result } = walk(mavenUpstream.document({ ...wanted, licenses: true }), {
      'com/acme/lib/maven-metadata.xml': { text: metadata },
      'com/acme/lib/1.1/lib-1.1.pom': { text: circle },
      'com/acme/lib/1.0/lib-1.0.pom': { text: circle },
    });
    expect((result as ArtifactMetadata).versions.map(({ license }) => license)).toEqual([null, null]);
  });

  test('the metadata of a snapshot', () => {
    const { asked } = walk(mavenUpstream.document({ ...wanted, kind: snapshotMetadata('1.2-SNAPSHOT') }), {});
    expect(asked).toEqual(['com/acme/lib/1.2-SNAPSHOT/maven-metadata.xml']);
  });
});

describe('files', () => {
  const wanted = { name, versionKey: '1.0', fileName: 'lib-1.0.jar', role: null, sha256: null, dates: false };
  const sha1 = 'a'.repeat(40);

  test('lie where the layout says, with the digest beside them', () => {
    const { asked, result } = walk(mavenUpstream.file(wanted), {});
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ path: 'com/acme/lib/1.0/lib-1.0.jar', looksLike: 'zip', mutable: false });
    expect(result?.digestsAt?.path).toBe('com/acme/lib/1.0/lib-1.0.jar.sha1');
    const head = { url: '', mediaType: '', headers: {} };
    expect(result?.digestsAt?.read(`${sha1}  lib-1.0.jar\n`, head)).toEqual({ sha1 });
    expect(() => result?.digestsAt?.read('<html>', head)).toThrow('not a sha1');
  });

  test.each([
    ['1.0', 'lib-1.0.pom', 'xml', false],
    ['1.0', 'lib-1.0-sources.jar', 'zip', false],
    ['1.0', 'lib-1.0.jar.asc', undefined, false],
    ['1.0+x', 'lib-1.0+x.pom', 'xml', false],
    ['2-SNAPSHOT', 'lib-2-20260102.030405-6.jar', 'zip', false],
    ['2-SNAPSHOT', 'lib-2-SNAPSHOT.jar', 'zip', true],
  ])('%s %s', (versionKey, fileName, looksLike, mutable) => {
    const { result } = walk(mavenUpstream.file({ ...wanted, versionKey, fileName }), {});
    expect(result).toMatchObject({ mutable, ...(looksLike === undefined ? {} : { looksLike }) });
    expect(result?.path).toBe(`com/acme/lib/${versionKey}/${fileName}`.replace('+', '%2B').replace('+', '%2B'));
  });

  test('dates: of a build by its name, of others by the POM', () => {
    const build = { ...wanted, versionKey: '2-SNAPSHOT', fileName: 'lib-2-20260102.030405-6.jar', dates: true };
    expect(walk(mavenUpstream.file(build), {}).result?.publishedAt).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    const site = { 'com/acme/lib/1.0/lib-1.0.pom': { text: 'x', modified: 'Thu, 01 Jan 2026 00:00:00 GMT' } };
    expect(walk(mavenUpstream.file({ ...wanted, dates: true }), site).result?.publishedAt).toBe(Date.UTC(2026, 0, 1));
    expect(walk(mavenUpstream.file({ ...wanted, dates: true }), {}).result?.publishedAt).toBeNull();
  });

  test.each([[{ name: null }], [{ versionKey: null }], [{ fileName: 'other-1.0.jar' }]])('nothing for %j', (change) => {
    expect(walk(mavenUpstream.file({ ...wanted, ...change }), {}).result).toBeNull();
  });
});

test.each([['com.acme:lib'], ['com/acme/lib']])('%s is a name that people write', (coordinates) => {
  expect(mavenUpstream.explains?.(coordinates).name).toEqual(name);
});

test.each([['lib'], [''], ['com.acme:../lib'], ['com//lib']])('%j is none', (coordinates) => {
  expect(() => mavenUpstream.explains?.(coordinates)).toThrow('group:artifact');
});
