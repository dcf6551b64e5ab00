/** Maven through a virtual registry: a project of ours first, a plain tree of files after it. */
import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { hour, type SceneAnswer, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'maven', at: '/maven2' });
let artifact: string;

beforeEach(() => {
  artifact = `lib${scene.count}`;
});

const get = (path: string): Promise<SceneAnswer> => scene.get(path);

async function deploy(path: string, body: string | Buffer): Promise<void> {
  const url = `${scene.server.url}/api/v4/projects/${scene.project.id}/packages/maven/${path}`;
  const response = await fetch(url, { method: 'PUT', body, headers: { 'private-token': scene.server.rootToken } });
  expect(response.status, path).toBe(200);
}

const pom = (version: string, of = artifact): string =>
  `<project><groupId>com.other</groupId><artifactId>${of}</artifactId><version>${version}</version><packaging>pom</packaging></project>`;

/** Puts a release with its digest into the upstream, and the metadata of all versions so far. */
function offer(versions: readonly string[], { sha1 = true, modified = new Date(0) } = {}): void {
  const folder = `/maven2/com/other/${artifact}`;
  for (const version of versions) {
    const path = `${folder}/${version}/${artifact}-${version}.pom`;
    scene.upstream.on(path, (_request, response) => {
      response.writeHead(200, { 'last-modified': modified.toUTCString() }).end(pom(version));
    });
    if (sha1) scene.upstream.on(`${path}.sha1`, createHash('sha1').update(pom(version)).digest('hex'));
  }
  const list = versions.map((version) => `<version>${version}</version>`).join('');
  scene.upstream.on(
    `${folder}/maven-metadata.xml`,
    `<metadata><groupId>com.other</groupId><artifactId>${artifact}</artifactId><versioning><versions>${list}</versions></versioning></metadata>`,
  );
}

const pomPath = (version: string): string => `com/other/${artifact}/${version}/${artifact}-${version}.pom`;
const metadataPath = (): string => `com/other/${artifact}/maven-metadata.xml`;

test('files and metadata of the upstream, with digests, once', async () => {
  offer(['1.0', '1.1']);
  for (let times = 0; times < 2; times += 1) {
    expect(await get(pomPath('1.0'))).toMatchObject({ status: 200, text: pom('1.0') });
    const sha1 = createHash('sha1').update(pom('1.0')).digest('hex');
    expect((await get(`${pomPath('1.0')}.sha1`)).text).toBe(sha1);
    expect((await get(`${pomPath('1.0')}.sha512`)).text).toBe(createHash('sha512').update(pom('1.0')).digest('hex'));
    const metadata = await get(metadataPath());
    expect(metadata.text).toContain('<release>1.1</release>');
    const digest = createHash('sha256').update(metadata.text).digest('hex');
    expect((await get(`${metadataPath()}.sha256`)).text).toBe(digest);
  }
  expect(scene.upstream.hits.get(`/maven2/${pomPath('1.0')}`)).toBe(1);
  expect(scene.upstream.hits.get(`/maven2/${metadataPath()}`)).toBe(1);
});

test('what is missing there is missing here; a failing upstream is no absence', async () => {
  expect((await get(pomPath('1.0'))).status).toBe(404);
  scene.upstream.on(`/maven2/com/other/${artifact}/9/${artifact}-9.pom`, (_request, response) => {
    response.writeHead(500).end();
  });
  expect((await get(pomPath('9'))).status).toBe(502);
  expect((await get('.meta/prefixes.txt')).status).toBe(404);
});

test('a warm cache goes on when the upstream is down; what is cold is 502', async () => {
  offer(['1.0', '1.1']);
  await get(pomPath('1.0'));
  await get(metadataPath());
  scene.upstream.down();
  scene.now += 48 * hour;
  expect((await get(pomPath('1.0'))).text).toBe(pom('1.0'));
  expect((await get(metadataPath())).text).toContain('<release>1.1</release>');
  expect((await get(pomPath('1.1'))).status).toBe(502);
});

test('bytes that are not those of the digest beside them are refused, and not kept', async () => {
  offer(['1.0']);
  scene.upstream.on(`/maven2/${pomPath('1.0')}.sha1`, 'a'.repeat(40));
  const refused = await get(pomPath('1.0')).catch(() => ({ status: 0 }));
  expect([0, 502]).toContain(refused.status);
  scene.upstream.on(`/maven2/${pomPath('1.0')}.sha1`, createHash('sha1').update(pom('1.0')).digest('hex'));
  expect((await get(pomPath('1.0'))).text).toBe(pom('1.0'));
});

test('an HTML page with status 200 is no POM', async () => {
  scene.upstream.on(`/maven2/${pomPath('1.0')}`, '<!doctype html><title>Sign in</title>');
  expect((await get(pomPath('1.0'))).status).toBe(502);
  scene.upstream.on(`/maven2/${metadataPath()}`, '<!doctype html><title>Sign in</title>');
  expect((await get(metadataPath())).status).toBe(502);
});

test('a name of ours is never asked there: not by metadata, file, or after it was removed', async () => {
  offer(['9.0']);
  await deploy(pomPath('1.0'), pom('1.0'));
  expect((await get(metadataPath())).text).toContain('<release>1.0</release>');
  expect((await get(pomPath('9.0'))).status).toBe(404);
  const [version] = await scene.server.api<{ id: number }[]>(
    'GET',
    `/projects/${scene.project.id}/packages?package_name=${encodeURIComponent(`com/other/${artifact}`)}`,
  );
  await scene.server.api('DELETE', `/projects/${scene.project.id}/packages/${version?.id}`);
  expect((await get(pomPath('9.0'))).status).toBe(404);
  expect((await get(metadataPath())).status).toBe(404);
  expect([...scene.upstream.hits.keys()].filter((path) => path.includes(artifact))).toEqual([]);
});

test('young versions are hidden by the date of their POM', async () => {
  await scene.change({
    minimum_release_age_hours: 24,
  });
  offer(['1.0'], { modified: new Date(scene.now - 48 * hour) });
  const young = `/maven2/${pomPath('2.0')}`;
  scene.upstream.on(young, (_request, response) => {
    response.writeHead(200, { 'last-modified': new Date(scene.now - hour).toUTCString() }).end(pom('2.0'));
  });
  scene.upstream.on(
    `/maven2/${metadataPath()}`,
    `<metadata><groupId>com.other</groupId><artifactId>${artifact}</artifactId><versioning><versions><version>1.0</version><version>2.0</version></versions></versioning></metadata>`,
  );
  const { text } = await get(metadataPath());
  expect(text).toContain('<release>1.0</release>');
  expect(text).not.toContain('2.0');
  expect((await get(pomPath('1.0'))).status).toBe(200);
  expect((await get(pomPath('2.0'))).status).toBe(403);
});

test.each(['com.other:*', 'com/other/*', 'com.*'])('a rule that denies %s hides metadata and files', async (denied) => {
  offer(['1.0']);
  await scene.changeUpstream({
    rules: [{ kind: 'deny', name: denied }],
  });
  expect((await get(`com/other/${artifact}/maven-metadata.xml`)).status).toBe(403);
  expect((await get(`com/other/${artifact}/1.0/${artifact}-1.0.pom`)).status).toBe(403);
});
