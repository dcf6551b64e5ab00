import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { type MavenWire, mavenWire, pomOf, texts } from './maven-wire.ts';

let server: TestServer;
let maven: MavenWire;

async function start(settings: Record<string, string>): Promise<void> {
  server = await startServer({ settings });
  await server.createGroup('acme');
  maven = mavenWire(server, await server.createProject('acme/java'));
}

beforeEach(() => start({ PACKYARD_MAVEN_SNAPSHOT_BUILDS: '2' }));
afterEach(() => server.stop());

const folder = 'com/example/snap/1.0-SNAPSHOT';

async function deployBuild(number: number, classifiers: readonly string[] = ['']): Promise<void> {
  const base = `${folder}/snap-1.0-2026010${number}.120000-${number}`;
  const files = Object.fromEntries(classifiers.map((classifier) => [`${base}${classifier}.jar`, `build ${number}`]));
  const statuses = await maven.deploy({ [`${base}.pom`]: pomOf('com.example', 'snap', '1.0-SNAPSHOT'), ...files });
  expect(statuses.filter((status) => status >= 300)).toEqual([]);
}

test('old builds go with the setting, and numbers still count on', async () => {
  for (const number of [1, 2, 3, 4]) await deployBuild(number, number === 3 ? ['', '-sources'] : ['']);
  const { text } = await maven.get(`${folder}/maven-metadata.xml`);
  expect(texts(text, 'buildNumber')).toEqual(['4']);
  expect(texts(text, 'value').toSorted()).toEqual([
    '1.0-20260103.120000-3',
    '1.0-20260104.120000-4',
    '1.0-20260104.120000-4',
  ]);
  const there = async (number: number) =>
    (await maven.get(`${folder}/snap-1.0-2026010${number}.120000-${number}.jar`)).status;
  expect([await there(1), await there(2), await there(3), await there(4)]).toEqual([404, 404, 200, 200]);
});

test('builds are never changed, plain snapshot files always may be', async () => {
  await deployBuild(1);
  expect((await maven.put(`${folder}/snap-1.0-20260101.120000-1.jar`, 'other')).status).toBe(409);
  expect((await maven.put(`${folder}/snap-1.0-20260101.120000-1.jar`, 'build 1')).status).toBe(200);
  const plain = 'com/example/plain/2.0-SNAPSHOT/plain-2.0-SNAPSHOT.jar';
  for (const body of ['first', 'second', 'third']) expect((await maven.put(plain, body)).status).toBe(200);
  const { text, headers } = await maven.get(plain);
  expect(text).toBe('third');
  expect(headers.get('cache-control')).toBe('private, no-cache');
  const metadata = await maven.get('com/example/plain/2.0-SNAPSHOT/maven-metadata.xml');
  expect(texts(metadata.text, 'value')).toEqual(['2.0-SNAPSHOT']);
  expect(texts(metadata.text, 'buildNumber')).toEqual([]);
});

test('a build is shown when more than its POM has come', async () => {
  await deployBuild(1);
  const next = `${folder}/snap-1.0-20260102.120000-2`;
  await maven.put(`${next}.pom`, pomOf('com.example', 'snap', '1.0-SNAPSHOT'));
  const values = async () => texts((await maven.get(`${folder}/maven-metadata.xml`)).text, 'value');
  expect(await values()).toEqual(['1.0-20260101.120000-1', '1.0-20260101.120000-1']);
  await maven.put(`${next}.jar`, 'build 2');
  expect(await values()).toEqual(['1.0-20260102.120000-2', '1.0-20260102.120000-2']);
  // A parent has no more.
  const parent = 'com/example/parent/1.0-SNAPSHOT';
  for (const build of ['20260101.120000-1', '20260102.120000-2', '20260103.120000-3']) {
    const pom = pomOf('com.example', 'parent', '1.0-SNAPSHOT', '<packaging>pom</packaging>');
    await maven.put(`${parent}/parent-1.0-${build}.pom`, pom);
  }
  expect(texts((await maven.get(`${parent}/maven-metadata.xml`)).text, 'value')).toEqual(['1.0-20260103.120000-3']);
  expect((await maven.get(`${parent}/parent-1.0-20260101.120000-1.pom`)).status).toBe(404);
});

test('a snapshot whose builds were all deleted is neither listed nor described', async () => {
  await deployBuild(1);
  const project = await server.api<{ id: number }>('GET', '/projects/acme%2Fjava');
  const [version] = await server.api<{ id: number }[]>('GET', `/projects/${project.id}/packages?package_type=maven`);
  const at = `/projects/${project.id}/packages/${version?.id}/package_files`;
  for (const { id } of await server.api<{ id: number }[]>('GET', at)) await server.api('DELETE', `${at}/${id}`);
  expect((await maven.get(`${folder}/maven-metadata.xml`)).status).toBe(404);
  expect((await maven.get('com/example/snap/maven-metadata.xml')).status).toBe(404);
  await deployBuild(2);
  expect(texts((await maven.get('com/example/snap/maven-metadata.xml')).text, 'version')).toEqual(['1.0-SNAPSHOT']);
});

test('without the setting all builds stay', async () => {
  await server.stop();
  await start({});
  for (const number of [1, 2, 3, 4]) await deployBuild(number);
  expect((await maven.get(`${folder}/snap-1.0-20260101.120000-1.jar`)).text).toBe('build 1');
});
