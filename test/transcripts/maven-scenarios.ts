import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goals, type MavenId } from '../clients/maven-pinned.ts';
import type { Command, Scenario } from './scenarios.ts';

/** Metadata tells when something changed, and digests of metadata tell it again. */
const clock = Date.parse('2026-01-02T03:04:05Z');

const url = '<packages>/maven';

type Maven = MavenId | 'mvn@machine';

const deploy = (maven: Maven, version: string, content: string, ...more: readonly string[]): Command => ({
  prepare: async (folder) => {
    await writeFile(join(folder, 'lace.pom'), pomOf('lace', version));
    await writeFile(join(folder, 'lace.jar'), content);
  },
  argv: [
    maven,
    goals.deployFile,
    '-Dfile=lace.jar',
    '-DpomFile=lace.pom',
    '-DrepositoryId=packyard',
    `-Durl=${url}`,
    ...more,
  ],
});

/** From an empty local repository. */
const get = (maven: Maven, version: string): Command => ({
  prepare: (folder) => rm(join(folder, '.m2/repository'), { recursive: true, force: true }),
  argv: [
    maven,
    goals.get,
    `-Dartifact=com.acme:lace:${version}`,
    `-DremoteRepositories=packyard::default::${url}`,
    '-C',
  ],
});

function pomOf(artifact: string, version: string): string {
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.acme</groupId>
  <artifactId>${artifact}</artifactId>
  <version>${version}</version>
</project>`;
}

const mavens = (['mvn@machine', 'mvn@3.9', 'mvn@4'] as const).map(
  (maven): Scenario => ({
    file: `maven/${maven === 'mvn@machine' ? 'mvn-3.8' : maven.replace('@', '-')}`,
    title: 'mvn deploy: a release, again with other bytes, a snapshot with sources, and without; get of each',
    clock,
    commands: [
      deploy(maven, '1.0.0', 'lace 1.0.0'),
      deploy(maven, '1.0.0', 'another lace'),
      deploy(maven, '1.1.0-SNAPSHOT', 'first', '-Dsources=lace.pom'),
      deploy(maven, '1.1.0-SNAPSHOT', 'second'),
      get(maven, '1.0.0'),
      get(maven, '1.1.0-SNAPSHOT'),
    ],
  }),
);

const put = (path: string, content: string): Command => ({
  prepare: (folder) => writeFile(join(folder, 'body'), content),
  argv: ['curl', '-T', 'body', `${url}/com/acme/${path}`],
});
const curl = (path: string, ...options: readonly string[]): Command => ({
  argv: ['curl', ...options, `${url}/com/acme/${path}`],
});

/** Gradle 6 and newer follow every file, metadata too, with four sums. */
function withSums(path: string, content: string): Command[] {
  const sums = ['sha1', 'md5', 'sha256', 'sha512'].map((algorithm) =>
    put(`${path}.${algorithm}`, createHash(algorithm).update(content).digest('hex')),
  );
  return [put(path, content), ...sums];
}

const moduleOf = (version: string): string =>
  JSON.stringify(
    {
      formatVersion: '1.1',
      component: { group: 'com.acme', module: 'buckle', version },
      variants: [{ name: 'apiElements', files: [{ name: 'buckle.jar', url: `buckle-${version}.jar` }] }],
    },
    null,
    2,
  );

const metadataOf = (version: string): string =>
  `<metadata><groupId>com.acme</groupId><artifactId>buckle</artifactId><versioning><latest>${version}</latest><versions><version>${version}</version></versions></versioning></metadata>`;

function gradlePublish(version: string, fileVersion = version): Command[] {
  const base = `buckle/${version}/buckle-${fileVersion}`;
  const isSnapshot = version !== fileVersion;
  const own = `buckle/${version}/maven-metadata.xml`;
  return [
    ...(isSnapshot ? [curl(own)] : []),
    ...withSums(`${base}.jar`, `buckle ${fileVersion}`),
    ...withSums(`${base}.pom`, pomOf('buckle', version)),
    ...withSums(`${base}.module`, moduleOf(version)),
    ...(isSnapshot ? withSums(own, metadataOf(version)) : []),
    curl('buckle/maven-metadata.xml'),
    ...withSums('buckle/maven-metadata.xml', metadataOf(version)),
  ];
}

export const mavenScenarios: readonly Scenario[] = [
  ...mavens,
  {
    file: 'maven/gradle-8',
    title: 'Gradle publish: a release, a stale sum, its retry, a snapshot; what a consumer asks',
    written: true,
    clock,
    commands: [
      ...gradlePublish('1.0.0'),
      put('buckle/1.0.0/buckle-1.0.0.jar', 'buckle 1.0.0'),
      put('buckle/1.0.0/buckle-1.0.0.jar', 'buckle 1.0.1'),
      put('buckle/1.0.0/buckle-1.0.0.jar.sha512', '0'.repeat(128)),
      ...gradlePublish('1.1.0-SNAPSHOT', '1.1.0-20260102.030405-1'),
      curl('buckle/1.0.0/buckle-1.0.0.pom'),
      curl('buckle/1.0.0/buckle-1.0.0.module'),
      curl('buckle/1.1.0-SNAPSHOT/maven-metadata.xml', '-I'),
      curl('buckle/1.1.0-SNAPSHOT/buckle-1.1.0-20260102.030405-1.jar', '-I'),
    ],
  },
];
