import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { zip } from '../harness/zip.ts';
import { digest, type MavenWire, mavenWire, pomOf, texts } from './maven-wire.ts';

let server: TestServer;
let maven: MavenWire;

beforeAll(async () => {
  server = await startServer();
  const group = await server.createGroup('acme');
  maven = mavenWire(server, await server.createProject('acme/java'));
  view = mavenWire(server, group);
});
let view: MavenWire;
afterAll(() => server.stop());

function pluginJar(groupId: string, artifactId: string, prefix: string): Buffer {
  const descriptor = `<plugin><name>The ${prefix} &amp; more</name><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId>
    <goalPrefix>${prefix}</goalPrefix></plugin>`;
  return zip([
    { name: 'META-INF/MANIFEST.MF', body: 'x' },
    { name: 'META-INF/maven/plugin.xml', body: descriptor },
  ]);
}

function plugin(artifactId: string, version: string, jar: Buffer | string): Record<string, string | Buffer> {
  const base = `com/example/tools/${artifactId}/${version}/${artifactId}-${version}`;
  const pom = pomOf('com.example.tools', artifactId, version, '<packaging>maven-plugin</packaging>');
  return { [`${base}.jar`]: jar, [`${base}.pom`]: pom };
}

const path = 'com/example/tools/maven-metadata.xml';

test('a plugin is found by its prefix, which its jar says', async () => {
  expect((await maven.get(path)).status).toBe(404);
  await maven.deploy(
    plugin('hello-maven-plugin', '1.0', pluginJar('com.example.tools', 'hello-maven-plugin', 'hello')),
  );
  await maven.deploy(plugin('maven-bye-plugin', '1.0', pluginJar('com.example.tools', 'maven-bye-plugin', 'bye')));
  // Says it is another plugin; is no archive; says nothing.
  await maven.deploy(plugin('liar-maven-plugin', '1.0', pluginJar('com.example.tools', 'hello-maven-plugin', 'liar')));
  await maven.deploy(plugin('broken-maven-plugin', '1.0', 'PK but no archive'));
  await maven.deploy(plugin('silent-maven-plugin', '1.0', zip([{ name: 'x', body: 'x' }])));
  for (const mount of [maven, view]) {
    const { text, bytes, headers } = await mount.get(path);
    expect(texts(text, 'prefix')).toEqual(['hello', 'bye']);
    expect(texts(text, 'artifactId')).toEqual(['hello-maven-plugin', 'maven-bye-plugin']);
    expect(texts(text, 'name')[0]).toBe('The hello &amp; more');
    expect(headers.get('x-checksum-sha1')).toBe(digest('sha1', bytes));
    expect((await mount.get(`${path}.sha256`)).text).toBe(digest('sha256', bytes));
  }
});

test('a folder that is a group and an artifact says both', async () => {
  const base = 'com/example/tools/1.0/tools-1.0';
  await maven.deploy({ [`${base}.pom`]: pomOf('com.example', 'tools', '1.0'), [`${base}.jar`]: 'jar' });
  const { text } = await maven.get(path);
  expect(texts(text, 'version')).toEqual(['1.0']);
  expect(texts(text, 'prefix')).toEqual(['hello', 'bye']);
});

test('a prefix goes with the last version of its plugin', async () => {
  const found = await server.api<{ id: number; name: string }[]>('GET', '/projects/acme%2Fjava/packages?per_page=100');
  for (const { id, name } of found) {
    if (name.endsWith('/maven-bye-plugin')) await server.api('DELETE', `/projects/acme%2Fjava/packages/${id}`);
  }
  expect(texts((await maven.get(path)).text, 'prefix')).toEqual(['hello']);
});
