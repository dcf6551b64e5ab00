import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { digest, type MavenWire, mavenWire, pomOf, texts } from './maven-wire.ts';

let server: TestServer;
let project: TestProject;
let maven: MavenWire;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/java');
  maven = mavenWire(server, project);
});
afterAll(() => server.stop());

const lib = 'com/example/lib';

function release(artifact: string, version: string): Record<string, string> {
  const folder = `com/example/${artifact}/${version}/${artifact}-${version}`;
  return {
    [`${folder}.pom`]: pomOf('com.example', artifact, version),
    [`${folder}.jar`]: `bytes of ${artifact} ${version}`,
    [`${folder}-sources.jar`]: `sources of ${artifact} ${version}`,
  };
}

test('a release is deployed, and every file comes back with all its digests', async () => {
  const files = release('lib', '1.0.0');
  expect((await maven.get(`${lib}/maven-metadata.xml`)).status).toBe(404);
  expect(await maven.deploy(files)).toEqual([200, 204, 200, 200, 204, 200, 200, 204, 200]);
  for (const [path, body] of Object.entries(files)) {
    const answer = await maven.get(path);
    expect(answer.text, path).toBe(body);
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      expect((await maven.get(`${path}.${algorithm}`)).text).toBe(digest(algorithm, body));
      expect(answer.headers.get(`x-checksum-${algorithm}`)).toBe(digest(algorithm, body));
    }
  }
});

test('metadata lists what is there in the order of Maven, whatever clients upload', async () => {
  for (const version of ['1.0.10', '1.0.2', '2.0-SNAPSHOT']) await maven.deploy(release('order', version));
  const path = 'com/example/order/maven-metadata.xml';
  const lie = '<metadata><versioning><versions><version>9</version></versions></versioning></metadata>';
  expect((await maven.put(path, lie)).status).toBe(200);
  expect((await maven.put(`${path}.sha1`, digest('sha1', lie))).status).toBe(200);
  expect((await maven.put(`${path}.sha512`, 'anything')).status).toBe(200);
  const { text, bytes, headers } = await maven.get(path);
  expect(texts(text, 'version')).toEqual(['1.0.2', '1.0.10', '2.0-SNAPSHOT']);
  expect(texts(text, 'latest')).toEqual(['2.0-SNAPSHOT']);
  expect(texts(text, 'release')).toEqual(['1.0.10']);
  expect(headers.get('etag')).toBe(`"${digest('sha256', bytes)}"`);
  for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
    expect((await maven.get(`${path}.${algorithm}`)).text).toBe(digest(algorithm, bytes));
    expect(headers.get(`x-checksum-${algorithm}`)).toBe(digest(algorithm, bytes));
  }
});

test('a snapshot is found by its newest build, and the next one counts on', async () => {
  const folder = 'com/example/snap/1.0-SNAPSHOT';
  for (const [build, classifier] of [
    ['20260101.000000-1', '-sources'],
    ['20260102.000000-2', ''],
  ] as const) {
    const base = `${folder}/snap-1.0-${build}`;
    await maven.deploy({
      [`${base}.pom`]: pomOf('com.example', 'snap', '1.0-SNAPSHOT'),
      [`${base}${classifier}.jar`]: build,
    });
  }
  const { text } = await maven.get(`${folder}/maven-metadata.xml`);
  expect(texts(text, 'timestamp')).toEqual(['20260102.000000']);
  expect(texts(text, 'buildNumber')).toEqual(['2']);
  expect(texts(text, 'value')).toEqual(['1.0-20260102.000000-2', '1.0-20260101.000000-1', '1.0-20260102.000000-2']);
  expect((await maven.get(`${folder}/snap-1.0-20260101.000000-1-sources.jar`)).text).toBe('20260101.000000-1');
});
