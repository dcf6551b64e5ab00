import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { digest, type MavenWire, mavenWire, pomOf, texts } from './maven-wire.ts';

let server: TestServer;
let maven: MavenWire;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  maven = mavenWire(server, await server.createProject('acme/java'));
});
afterAll(() => server.stop());

function release(version: string): Record<string, string> {
  const base = `com/example/many/${version}/many-${version}`;
  return { [`${base}.pom`]: pomOf('com.example', 'many', version), [`${base}.jar`]: `jar of ${version}` };
}

test('twenty parallel deploys: the list only grows, and its digests are right at every look', async () => {
  const path = 'com/example/many/maven-metadata.xml';
  const versions = Array.from({ length: 20 }, (_, n) => `1.${n}`);
  const deploys = { underWay: true };
  let looks = 0;
  const poll = async (): Promise<void> => {
    let seen: readonly string[] = [];
    while (deploys.underWay) {
      const { status, bytes, text, headers } = await maven.get(path, { 'user-agent': 'poller' });
      if (status === 404) continue;
      const listed = texts(text, 'version');
      expect(listed).toEqual(expect.arrayContaining([...seen]));
      expect(texts(text, 'latest')).toEqual(listed.slice(-1));
      seen = listed;
      looks++;
      expect(headers.get('x-checksum-sha1')).toBe(digest('sha1', bytes));
      for (const algorithm of ['sha1', 'md5', 'sha256', 'sha512']) {
        const sum = await maven.get(`${path}.${algorithm}`, { 'user-agent': 'poller' });
        expect(sum.text, algorithm).toBe(digest(algorithm, bytes));
      }
    }
  };
  const polling = poll();
  const deployed = await Promise.all(
    versions.map(async (version) => {
      const before = await maven.get(path);
      const statuses = await maven.deploy(release(version));
      // What a client makes of what it saw: a list without the others.
      const stale = before.status === 404 ? '' : before.text;
      return [...statuses, (await maven.put(path, stale)).status, (await maven.put(`${path}.sha1`, 'x')).status];
    }),
  );
  deploys.underWay = false;
  await polling;
  for (const statuses of deployed) expect(statuses).toEqual([200, 204, 200, 200, 204, 200, 200, 200]);
  expect(looks).toBeGreaterThan(0);
  expect(texts((await maven.get(path)).text, 'version')).toEqual(versions);
});

test('first files of one version that arrive at once all go into it', async () => {
  const base = 'com/example/once/1.0/once-1.0';
  const files = {
    [`${base}.pom`]: pomOf('com.example', 'once', '1.0', '<description>from the POM</description>'),
    ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${base}-c${n}.jar`, `file ${n}`])),
  };
  const answers = await Promise.all(Object.entries(files).map(([path, body]) => maven.put(path, body)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  for (const [path, body] of Object.entries(files)) expect((await maven.get(path)).text).toBe(body);
  expect(texts((await maven.get('com/example/once/maven-metadata.xml')).text, 'version')).toEqual(['1.0']);
});

test('of different bytes for one release file that arrive at once, one wins and the others are told', async () => {
  const path = 'com/example/won/1.0/won-1.0.jar';
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => maven.put(path, `jar ${n % 10}`)));
  const stored = (await maven.get(path)).text;
  answers.forEach(({ status, reason }, n) => {
    expect([status, `jar ${n % 10}`]).toEqual([stored === `jar ${n % 10}` ? 200 : 409, `jar ${n % 10}`]);
    if (status === 409) expect(reason).toContain('won-1.0.jar');
  });
});
