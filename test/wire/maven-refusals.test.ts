import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { digest, type MavenAnswer, type MavenWire, mavenWire, pomOf } from './maven-wire.ts';
import { askFor, RawConnection, requestBytes } from './raw-http.ts';

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

async function packages(): Promise<string[]> {
  const found = await server.api<{ name: string }[]>('GET', `/projects/${project.id}/packages?per_page=100`);
  return found.map(({ name }) => name);
}

/** The reason phrase is all that wagon and Gradle show. */
function told({ status, reason, text }: MavenAnswer): unknown[] {
  const { message, error } = JSON.parse(text) as { message?: string; error?: string };
  expect((message ?? error ?? '').endsWith(reason), `${reason} in ${text}`).toBe(true);
  return [status, reason];
}

test('digests that do not fit are told, and nothing of them is kept', async () => {
  const path = 'com/example/sum/1.0/sum-1.0.jar';
  const body = 'the right bytes';
  expect((await maven.put(`${path}.sha1`, digest('sha1', body))).status).toBe(404);
  await maven.put(path, body);
  for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
    const right = digest(algorithm, body);
    expect((await maven.put(`${path}.${algorithm}`, `  ${right.toUpperCase()}  sum-1.0.jar\n`)).status).toBeLessThan(
      300,
    );
    const wrong = await maven.put(`${path}.${algorithm}`, digest(algorithm, 'others'));
    expect(told(wrong)[0]).toBe(409);
    expect(wrong.reason).toContain(right.slice(0, 32));
    for (const nonsense of ['', 'x', right.slice(1), `${right}0`, `<html>${right}`]) {
      expect((await maven.put(`${path}.${algorithm}`, nonsense)).status, nonsense).toBe(400);
    }
    expect((await maven.get(`${path}.${algorithm}`)).text).toBe(right);
  }
  expect((await maven.put(`${path}.sha1`, 'a'.repeat(10_000))).status).toBe(413);
});

test('a release file stays what it is', async () => {
  const path = 'com/example/fixed/1.0/fixed-1.0.jar';
  expect((await maven.put(path, 'one')).status).toBe(200);
  expect((await maven.put(path, 'one')).status).toBe(200);
  const sameSize = await maven.put(path, 'two');
  const otherSize = await maven.put(path, 'three');
  const sentence = 'fixed-1.0.jar has been published before, with other bytes.';
  expect([told(sameSize), told(otherSize)]).toEqual([
    [409, sentence],
    [409, sentence],
  ]);
  expect((await maven.get(path)).text).toBe('one');
});

test('POMs that cannot be read, reach outside, or are of another artifact', async () => {
  const path = 'com/example/pom/1.0/pom-1.0.pom';
  const before = (await server.storedBlobs()).length;
  const good = pomOf('com.example', 'pom', '1.0');
  const doctype = '<!DOCTYPE project [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
  const bombs = '<!DOCTYPE project [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  const refused = {
    'not XML': 'hello',
    'cut off': good.slice(0, -10),
    entities: good.replace('<project', `${doctype}<project`).replace('com.example', '&x;'),
    bombs: good.replace('<project', `${bombs}<project`),
    'unknown entity': good.replace('com.example', '&nothing;'),
    'another root': '<html/>',
    'another group': pomOf('com.other', 'pom', '1.0'),
    'another artifact': pomOf('com.example', 'victim', '1.0'),
    'another version': pomOf('com.example', 'pom', '1.1'),
    empty: '',
  };
  for (const [what, body] of Object.entries(refused)) expect(told(await maven.put(path, body))[0], what).toBe(400);
  expect((await maven.put(path, `<!--${'x'.repeat(5 * 2 ** 20)}-->${good}`)).status).toBe(400);
  expect((await server.storedBlobs()).length).toBe(before);
  expect((await maven.get(path)).status).toBe(404);
  // What the build fills in, and what a parent says.
  const inherited = `<project><parent><groupId>com.example</groupId><artifactId>up</artifactId><version>1.0</version></parent>
    <artifactId>pom</artifactId><version>\${revision}</version></project>`;
  expect((await maven.put(path, inherited)).status).toBe(200);
});

test('paths of another layout', async () => {
  const before = await packages();
  for (const [path, status] of [
    ['file.jar', 400],
    ['lib/1.0/lib-1.0.jar', 400],
    ['com/example/lib/1.0/other-1.0.jar', 400],
    ['com/example/lib/1.0/lib-1.1.jar', 400],
    ['com/example/lib/1.0/lib-1.0', 400],
    ['com/example/lib/1.0/lib-1.0.', 400],
    ['com/example/lib/1.0/lib-1.0(1).jar', 400],
    ['com/example/lib/1.0/lib-1.0~.jar', 400],
    ['com/example/l%C3%AFb/1.0/l%C3%AFb-1.0.jar', 400],
    ['com%2fexample/lib/1.0/lib-1.0.jar', 400],
    ['com/example/lib/1..0/lib-1..0.jar', 400],
    [`com/example/${'x'.repeat(256)}/1.0/${'x'.repeat(256)}-1.0.jar`, 400],
    [`${'com/'.repeat(300)}lib/1.0/lib-1.0.jar`, 400],
    ['.meta/prefixes.txt', 400],
    ['archetype-catalog.xml', 400],
  ] as const) {
    const put = await maven.put(path, 'x');
    expect([path, told(put)[0]]).toEqual([path, status]);
    const got = await maven.get(path);
    expect(got.status === 400 || got.status === 404, `${path} ${got.status}`).toBe(true);
  }
  for (const absent of ['.meta/prefixes.txt', 'archetype-catalog.xml', 'robots.txt', 'com/example/', 'com/example']) {
    expect((await maven.get(absent)).status, absent).toBe(404);
  }
  expect(await packages()).toEqual(before);
});

test('a plus in a version is itself, spelt as it likes', async () => {
  const path = (plus: string) => `com/example/plus/1.0${plus}b1/plus-1.0${plus}b1.jar`;
  expect((await maven.put(path('+'), 'plus')).status).toBe(200);
  expect((await maven.get(path('%2B'))).text).toBe('plus');
  expect((await maven.put(path('%2B'), 'plus')).status).toBe(200);
  expect((await maven.get('com/example/plus/maven-metadata.xml')).text).toContain('<version>1.0+b1</version>');
});

test('who may not deploy is told by the reason phrase, and asked for a password where one may help', async () => {
  const path = 'com/example/role/1.0/role-1.0.jar';
  const reporter = await server.createUser('reporter');
  await server.addMember(project, reporter, 'reporter');
  const other = await server.createProject('acme/other');
  const { token } = await server.createToken({
    kind: 'deploy',
    of: other,
    scopes: ['read_package_registry', 'write_package_registry'],
  });
  const put = async (headers: Record<string, string>) =>
    mavenWire(server, project, null).send('PUT', path, headers, 'x');
  const anonymous = await put({});
  expect(anonymous.status).toBe(401);
  expect(anonymous.headers.get('www-authenticate')).toBe('Basic realm="GitLab Packages Registry"');
  expect((await put({ 'private-token': reporter.token })).status).toBe(403);
  expect([403, 404]).toContain((await put({ 'deploy-token': token })).status);
  expect((await put({ 'private-token': 'wrong' })).status).toBe(401);
  for (const method of ['GET', 'HEAD']) {
    // A 404 would make clients believe that this is the first build of a snapshot.
    for (const asked of [
      path,
      'com/example/role/1.0-SNAPSHOT/maven-metadata.xml',
      'com/example/role/maven-metadata.xml',
    ]) {
      const answer = await mavenWire(server, project, null).send(method, asked);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Basic realm="GitLab Packages Registry"',
      ]);
    }
  }
  expect((await maven.get(path)).status).toBe(404);
});

test('a body that is missing, shorter than it said, or cut', async () => {
  const path = 'com/example/body/1.0/body-1.0.jar';
  const target = `${new URL(maven.url).pathname}/${path}`;
  const headers = { 'private-token': server.rootToken };
  expect((await askFor(server.url, { method: 'PUT', target, headers })).status).toBe(400);
  const before = (await server.storedBlobs()).length;
  const connection = await RawConnection.open(server.url);
  await connection.send(requestBytes({ method: 'PUT', target, headers: { ...headers, 'content-length': '10' } }));
  await connection.send('short');
  connection.end();
  const said = await connection.closed();
  expect(said === '' || said.startsWith('HTTP/1.1 400'), said).toBe(true);
  expect((await maven.get(path)).status).toBe(404);
  expect((await server.storedBlobs()).length).toBe(before);
  expect((await maven.put(path, '')).status).toBe(200);
});

test('groups and the instance take no uploads, and say where to', async () => {
  const answer = await mavenWire(server, 'instance').put('com/example/lib/1.0/lib-1.0.jar', 'x');
  expect(told(answer)).toEqual([405, 'Deploy to the URL of a project: groups and the instance are for reading.']);
});
