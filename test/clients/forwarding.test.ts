/** Clients that are sent on to a public registry for what isn't here: they follow, and take no credentials along. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { writeConsumer } from '../harness/packages.ts';
import { wheel } from '../harness/python-packages.ts';
import { zip } from '../harness/zip.ts';
import { type Client, describeClient } from './client.ts';
import { machine } from './machine.ts';
import { type MavenCredentials, mavenMachine } from './maven-machine.ts';
import { library } from './maven-projects.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type PypiScene, pypiScene } from './pypi-scene.ts';
import { installed, pythonMachine } from './python-machine.ts';
import { yarnrc } from './settings.ts';

vi.setConfig({ testTimeout: 300_000 });

let at: PypiScene;
/** Under another name than the server, as another host has: by their names clients tell hosts apart. */
let elsewhere: FakeUpstream;

beforeAll(async () => {
  elsewhere = await fakeUpstream('localhost');
  const settings = {
    PACKYARD_NPM_FORWARDING_URL: elsewhere.url,
    PACKYARD_PYPI_FORWARDING_URL: `${elsewhere.url}/simple`,
    PACKYARD_MAVEN_FORWARDING_URL: `${elsewhere.url}/maven2`,
  };
  at = await pypiScene({ settings });
});
afterAll(async () => {
  await at.end();
  await elsewhere.close();
});

/** Says of the group whether requests are forwarded. */
function forward(format: string, value: boolean): Promise<unknown> {
  return at.server.api('PUT', `/groups/${at.acme.id}`, { [`${format}_package_requests_forwarding`]: value });
}

/** How often it was asked there, and that nobody sent a credential. */
function asked(start: string): number {
  let times = 0;
  for (const [where, headers] of elsewhere.headers) {
    if (!where.startsWith(start)) continue;
    times += elsewhere.hits.get(where) ?? 0;
    for (const { token } of [at.developer, at.maintainer]) expect(JSON.stringify(headers)).not.toContain(token);
    expect(headers).not.toHaveProperty('authorization');
  }
  return times;
}

describeClient('npm@12', (npm) => {
  let mara: NpmMachine;

  beforeAll(async () => {
    await offerNpm(elsewhere, 'open-rope', [{}]);
    await offerNpm(elsewhere, 'ours-lace', [{ version: '99.0.0' }]);
    // The newest versions of npm take tarballs of other hosts only where they are told to.
    mara = await npmMachine(npm, { registry: at.secret.npm, token: at.maintainer.token }, ['allow-remote=all']);
    await mara.publish({ name: 'ours-lace' });
  });

  test('nothing is found while it is off', async () => {
    expect(await mara.fails(['install'], { cwd: await mara.consumer({ 'open-rope': '*' }) })).toContain('E404');
    expect(asked('/open-rope')).toBe(0);
  });

  test('a public dependency beside one of ours', async () => {
    await forward('npm', true);
    const consumer = await mara.consumer({ 'open-rope': '*', 'ours-lace': '*' });
    await mara.ok(['install'], { cwd: consumer });
    expect(await required(consumer, 'open-rope')).toBe('open-rope@1.0.0');
    expect(await required(consumer, 'ours-lace')).toBe('ours-lace@1.0.0');
    expect(asked('/open-rope')).toBeGreaterThan(1);
  });

  test('a name of ours is never asked for there, deleted as it is', async () => {
    await mara.ok(['unpublish', '--force', 'ours-lace']);
    expect(await mara.fails(['install'], { cwd: await mara.consumer({ 'ours-lace': '*' }) })).toContain('E404');
    expect(asked('/ours-lace')).toBe(0);
  });

  test('a first publish is not compared with versions that are there', async () => {
    await offerNpm(elsewhere, 'both-knot', [{ version: '9.0.0' }]);
    await mara.publish({ name: 'both-knot', version: '1.0.0' });
    expect(asked('/both-knot')).toBe(0);
  });
});

describeClient('yarn@4', (yarn) => {
  test('is not sent on with a token: it would take it along to the hosts that documents name', async () => {
    await forward('npm', true);
    await offerNpm(elsewhere, 'open-yarn', [{}]);
    const box = await machine(yarn);
    await box.write('.yarnrc.yml', yarnrc({ registry: at.secret.npm, token: at.developer.token }));
    const folder = await writeConsumer(path.join(box.home, 'consumer'), {});
    await box.write('consumer/yarn.lock', '');
    expect(await box.fails(['add', 'open-yarn'], { cwd: folder })).toMatch(/not found|404/i);
    expect(asked('/open-yarn')).toBe(0);
  });
});

describeClient('pip@26', (pip) => {
  const install = (folder: string, ...wanted: string[]): string[] => [
    'install',
    '--target',
    folder,
    '--index-url',
    at.simple(at.secret, [at.developer.username, at.developer.token]),
    ...wanted,
  ];

  test('pages and files that they name', async () => {
    for (const [name, version] of [
      ['open-rope', '1.0'],
      ['ours-lace', '99.0'],
    ] as const) {
      const { fileName, bytes, sha256 } = wheel({ name, version });
      elsewhere.on(`/files/${fileName}`, bytes);
      elsewhere.on(`/simple/${name}/`, (_request, response) => {
        const link = `<a href="../../files/${fileName}#sha256=${sha256}">${fileName}</a>`;
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<!DOCTYPE html><body>${link}</body>`);
      });
    }
    await at.put(at.secret, wheel({ name: 'ours-lace', version: '1.0', requires: ['open-rope'] }));
    const box = await pythonMachine(pip);
    expect(await box.fails(install('off', 'open-rope'))).toContain('No matching distribution');
    await forward('pypi', true);
    await box.ok(install('on', 'ours-lace'));
    expect(await installed(path.join(box.home, 'on'))).toEqual({ 'ours-lace': '1.0', 'open-rope': '1.0' });
    expect(asked('/simple/open-rope')).toBe(1);
    expect(asked('/files/')).toBeGreaterThan(0);
    await at.remove(at.secret, 'ours-lace', '1.0');
    expect(await box.fails(install('gone', 'ours-lace'))).toContain('No matching distribution');
    expect(asked('/simple/ours-lace')).toBe(0);
  });
});

describeClient('mvn@3.9', (mvn) => {
  beforeAll(async () => {
    offerMaven('org.their', 'rope', '1.0');
    offerMaven('com.acme', 'lace', '99.0');
    await publishMaven('com.acme', 'lace', '1.0');
  });

  test('artifacts, metadata and digests', async () => {
    expect(await refused(mvn, 'org.their:rope:1.0')).toContain('Could not find artifact org.their:rope');
    await forward('maven', true);
    expect(await fetched(mvn, 'org.their:rope:[1.0,)', 'org/their/rope')).toEqual(['1.0/rope-1.0.jar']);
    expect(asked('/maven2/org/their/rope/1.0/rope-1.0.jar')).toBeGreaterThan(0);
  });

  test('is not sent on with a token of its settings: it would take that along', async () => {
    offerMaven('org.their', 'knot', '1.0');
    const credentials = { header: 'Authorization', value: `Bearer ${at.developer.token}` };
    const { box, run } = await build(mvn, 'org.their:knot:1.0', credentials);
    expect(await box.fails(...run)).toContain('Could not find artifact org.their:knot');
    expect(asked('/maven2/org/their/knot')).toBe(0);
  });

  test('names of ours are never asked for there', async () => {
    expect(await refused(mvn, 'com.acme:lace:99.0')).toContain('Could not find artifact com.acme:lace');
    expect(await fetched(mvn, 'com.acme:lace:[1.0,)', 'com/acme/lace')).toEqual(['1.0/lace-1.0.jar']);
    expect(asked('/maven2/com/acme')).toBe(0);
  });
});

/** A machine whose build needs something, with user name and token unless said otherwise. */
async function build(mvn: Client, dependency: string, own?: MavenCredentials) {
  const credentials = own ?? { username: at.developer.username, password: at.developer.token };
  const repository = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
  const box = await mavenMachine(mvn, { repository, plugins: false, credentials });
  const shoe = library({ artifactId: 'shoe', version: '1.0', dependencies: [dependency], deployTo: '' });
  const cwd = await box.project('shoe', { 'pom.xml': shoe['pom.xml'] ?? '' });
  return { box, run: [['compile', '-C'], { cwd }] as const };
}

async function fetched(mvn: Client, dependency: string, folder: string): Promise<string[]> {
  const { box, run } = await build(mvn, dependency);
  await box.ok(...run);
  const files = await readdir(path.join(box.local, folder), { recursive: true });
  return files.filter((file) => file.endsWith('.jar'));
}

async function refused(mvn: Client, dependency: string): Promise<string> {
  const { box, run } = await build(mvn, dependency);
  return box.fails(...run);
}

function release(groupId: string, artifactId: string, version: string): Readonly<Record<string, Buffer>> {
  const folder = `${groupId.replaceAll('.', '/')}/${artifactId}`;
  const coordinates = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId>`;
  const file = `${folder}/${version}/${artifactId}-${version}`;
  return {
    [`${file}.jar`]: zip([{ name: 'name.txt', body: artifactId }]),
    [`${file}.pom`]: Buffer.from(
      `<project><modelVersion>4.0.0</modelVersion>${coordinates}<version>${version}</version></project>`,
    ),
    [`${folder}/maven-metadata.xml`]: Buffer.from(
      `<metadata>${coordinates}<versioning><versions><version>${version}</version></versions></versioning></metadata>`,
    ),
  };
}

function offerMaven(groupId: string, artifactId: string, version: string): void {
  for (const [file, bytes] of Object.entries(release(groupId, artifactId, version))) {
    elsewhere.on(`/maven2/${file}`, bytes);
    elsewhere.on(`/maven2/${file}.sha1`, createHash('sha1').update(bytes).digest('hex'));
  }
}

async function publishMaven(groupId: string, artifactId: string, version: string): Promise<void> {
  for (const [file, body] of Object.entries(release(groupId, artifactId, version))) {
    if (file.endsWith('.xml')) continue;
    const url = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven/${file}`;
    const answer = await fetch(url, { method: 'PUT', headers: { 'private-token': at.developer.token }, body });
    expect(answer.status, await answer.text()).toBe(200);
  }
}
