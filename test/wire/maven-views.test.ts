import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { digest, mavenWire, pomOf, texts } from './maven-wire.ts';

/** A public group with a public and a private project, which share an artifact. */

let server: TestServer;
let group: TestGroup;
let open: TestProject;
let hidden: TestProject;
let member: TestUser;
let stranger: TestUser;

function release(artifact: string, version: string, from: string): Record<string, string> {
  const base = `com/example/${artifact}/${version}/${artifact}-${version}`;
  return {
    [`${base}.pom`]: pomOf('com.example', artifact, version),
    [`${base}.jar`]: `${artifact} ${version} of ${from}`,
  };
}

beforeAll(async () => {
  server = await startServer();
  group = await server.createGroup('acme', 'public');
  open = await server.createProject('acme/open', 'public');
  hidden = await server.createProject('acme/hidden');
  member = await server.createUser('member');
  stranger = await server.createUser('stranger');
  await server.addMember(hidden, member, 'reporter');
  for (const [project, from, versions] of [
    [open, 'open', ['1.0', '3.0']],
    [hidden, 'hidden', ['1.0', '2.0', '4.0-SNAPSHOT']],
  ] as const) {
    for (const version of versions) await mavenWire(server, project).deploy(release('shared', version, from));
  }
  await mavenWire(server, open).deploy(release('seen', '1.0', 'open'));
  await mavenWire(server, hidden).deploy(release('unseen', '1.0', 'hidden'));
});
afterAll(() => server.stop());

const metadata = (artifact: string) => `com/example/${artifact}/maven-metadata.xml`;

test('a group merges what its projects say, for those who may read them', async () => {
  const view = mavenWire(server, group, member.token);
  const { text, bytes } = await view.get(metadata('shared'));
  expect(texts(text, 'version')).toEqual(['1.0', '2.0', '3.0', '4.0-SNAPSHOT']);
  expect([texts(text, 'latest'), texts(text, 'release')]).toEqual([['4.0-SNAPSHOT'], ['3.0']]);
  expect((await view.get(`${metadata('shared')}.sha1`)).text).toBe(digest('sha1', bytes));
  // The first project that has a file gives it.
  expect((await view.get('com/example/shared/1.0/shared-1.0.jar')).text).toBe('shared 1.0 of open');
  expect((await view.get('com/example/shared/2.0/shared-2.0.jar')).text).toBe('shared 2.0 of hidden');
  const part = await mavenWire(server, group, stranger.token).get(metadata('shared'));
  expect(texts(part.text, 'version')).toEqual(['1.0', '3.0']);
});

test('nobody is content with a part because he was not asked who he is', async () => {
  for (const place of [group, 'instance'] as const) {
    const anonymous = mavenWire(server, place, null);
    const statuses = async (path: string) => (await anonymous.get(path)).status;
    expect(await statuses(metadata('seen'))).toBe(200);
    expect(await statuses(metadata('shared'))).toBe(401);
    expect(await statuses(`${metadata('shared')}.sha1`)).toBe(401);
    expect(await statuses(metadata('unseen'))).toBe(401);
    expect(await statuses(metadata('nothing'))).toBe(401);
    expect(await statuses('com/example/shared/4.0-SNAPSHOT/maven-metadata.xml')).toBe(401);
    expect(await statuses('com/example/seen/1.0/seen-1.0.jar')).toBe(200);
    expect(await statuses('com/example/unseen/1.0/unseen-1.0.jar')).toBe(401);
    expect(await statuses('com/example/unseen/1.0/unseen-1.0.jar.sha1')).toBe(401);
    expect(await statuses('com/example/nothing/1.0/nothing-1.0.jar')).toBe(401);
    const signedIn = mavenWire(server, place, stranger.token);
    for (const path of [metadata('unseen'), metadata('nothing'), 'com/example/unseen/1.0/unseen-1.0.jar']) {
      // Anything but 404 would keep clients from asking their next repository.
      expect((await signedIn.get(path)).status, path).toBe(404);
    }
  }
});

test('the oldest package of a name answers for the whole instance', async () => {
  const { text } = await mavenWire(server, 'instance', member.token).get(metadata('shared'));
  expect(texts(text, 'version')).toEqual(['1.0', '3.0']);
});

test('snapshots of several projects: the newest file of each kind', async () => {
  const base = 'com/example/both/1.0-SNAPSHOT';
  await mavenWire(server, open).put(`${base}/both-1.0-20260101.000000-7.jar`, 'open');
  await mavenWire(server, hidden).put(`${base}/both-1.0-20260102.000000-1.jar`, 'hidden');
  await mavenWire(server, open).put(`${base}/both-1.0-20260101.000000-7-docs.jar`, 'docs');
  const { text } = await mavenWire(server, group, member.token).get(`${base}/maven-metadata.xml`);
  expect(texts(text, 'value')).toEqual(['1.0-20260102.000000-1', '1.0-20260101.000000-7']);
  expect([texts(text, 'timestamp'), texts(text, 'buildNumber')]).toEqual([['20260102.000000'], ['1']]);
});

test('HEAD, conditions and ranges, as Gradle and Maven use them', async () => {
  const maven = mavenWire(server, open);
  const path = metadata('shared');
  const got = await maven.get(path, { 'accept-encoding': 'gzip' });
  const told = await maven.send('HEAD', path, { 'cache-control': 'max-age=0' });
  for (const name of ['etag', 'last-modified', 'content-length', 'x-checksum-sha1', 'x-checksum-sha512']) {
    expect(told.headers.get(name), name).toBe(got.headers.get(name));
    expect(told.headers.get(name), name).not.toBeNull();
  }
  expect(got.headers.get('content-encoding')).toBeNull();
  const etag = got.headers.get('etag') ?? '';
  expect((await maven.get(path, { 'if-none-match': etag })).status).toBe(304);
  // Deployed anew, the same metadata: nothing to fetch.
  await maven.put('com/example/shared/1.0/shared-1.0.jar', 'shared 1.0 of open');
  expect((await maven.send('HEAD', path)).headers.get('etag')).toBe(etag);
  const jar = 'com/example/shared/1.0/shared-1.0.jar';
  const rest = await maven.get(jar, {
    range: 'bytes=7-',
    'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString(),
    'accept-encoding': 'identity',
  });
  expect([rest.status, rest.text]).toEqual([206, '1.0 of open']);
  const sum = await maven.send('HEAD', `${jar}.sha1`);
  expect([sum.status, sum.headers.get('content-length'), sum.headers.get('content-type')]).toEqual([
    200,
    '40',
    'text/plain; charset=utf-8',
  ]);
});
