import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildVersion, isSnapshot, parseFileName } from './file-name.ts';

function parsed(artifactId: string, version: string, fileName: string): string | null {
  const file = parseFileName(artifactId, version, fileName);
  if (file === null) return null;
  const build = file.build === null ? '' : `${file.build.timestamp}#${file.build.number} `;
  return `${build}${file.classifier ?? ''}.${file.extension}`;
}

test.each([
  ['lib', '1.0', 'lib-1.0.jar', '.jar'],
  ['lib', '1.0', 'lib-1.0.pom', '.pom'],
  ['lib', '1.0', 'lib-1.0-sources.jar', 'sources.jar'],
  ['lib', '1.0', 'lib-1.0-bin.tar.gz', 'bin.tar.gz'],
  ['lib', '1.0', 'lib-1.0.jar.asc', '.jar.asc'],
  ['lib', '1.0', 'lib-1.0.pom.sigstore.json', '.pom.sigstore.json'],
  ['lib', '1.0', 'lib-1.0.module', '.module'],
  ['lib', '1.0', 'lib-1.0-linux-x86_64-fedora.jar', 'linux-x86_64-fedora.jar'],
  ['x-1', '2', 'x-1-2.jar', '.jar'],
  ['x', '1-2', 'x-1-2.jar', '.jar'],
  ['lib', '1.0+b.1', 'lib-1.0+b.1.jar', '.jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0-SNAPSHOT.jar', '.jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0-SNAPSHOT-tests.jar', 'tests.jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0-20260102.030405-6.jar', '20260102.030405#6 .jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0-20260102.030405-6-tests.tar.gz', '20260102.030405#6 tests.tar.gz'],
  ['lib', 'SNAPSHOT', 'lib-20260102.030405-6.jar', '20260102.030405#6 .jar'],
  ['foo_2.13', '1.0', 'foo_2.13-1.0.jar', '.jar'],
  ['sbt-foo_2.12_1.0', '1.2', 'sbt-foo_2.12_1.0-1.2.jar', '.jar'],
  ['sbt-foo_2.12_1.0', '1.2', 'sbt-foo-1.2-sources.jar', 'sources.jar'],
  ['lib', '1.0', 'ivy-1.0.xml', '.xml'],
])('%s %s: %s', (artifactId, version, fileName, expected) => {
  expect(parsed(artifactId, version, fileName)).toBe(expected);
});

test.each([
  ['lib', '1.0', 'lib-1.1.jar'],
  ['lib', '1.0', 'lib-1.01.jar'],
  ['lib', '1.0', 'lib2-1.0.jar'],
  ['lib', '1.0', 'lib-1.0'],
  ['lib', '1.0', 'lib-1.0-'],
  ['lib', '1.0', 'lib-1.0-sources'],
  ['lib', '1.0', 'lib-1.0.'],
  ['lib', '1.0', 'lib.jar'],
  ['lib', '1.0', 'maven-metadata.xml'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0.jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.0-20260102-6.jar'],
  ['lib', '1.0-SNAPSHOT', 'lib-1.1-20260102.030405-6.jar'],
])('%s %s has no %s', (artifactId, version, fileName) => {
  expect(parsed(artifactId, version, fileName)).toBeNull();
});

test('what a name was made of comes back', () => {
  const word = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
  const version = fc.oneof(fc.stringMatching(/^\d{1,2}\.\d{1,2}$/), fc.constant('1.0-SNAPSHOT'));
  const build = fc.record({
    timestamp: fc.stringMatching(/^20\d{6}\.\d{6}$/),
    number: fc.integer({ min: 1, max: 10_000 }),
  });
  const property = fc.property(
    word,
    version,
    fc.option(word),
    word,
    build,
    (artifactId, version, classifier, extension, build) => {
      const stamped = isSnapshot(version) ? buildVersion(version, build) : version;
      const name = `${artifactId}-${stamped}${classifier === null ? '' : `-${classifier}`}.${extension}`;
      expect(parseFileName(artifactId, version, name)).toEqual({
        kind: 'artifact',
        build: isSnapshot(version) ? build : null,
        classifier,
        extension,
      });
    },
  );
  fc.assert(property);
});
