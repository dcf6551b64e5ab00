/** One virtual registry of a private project here and of a folder in Maven's layout under nginx. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { zip } from '../harness/zip.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { type Client, describeClient } from './client.ts';
import { type MavenMachine, mavenMachine } from './maven-machine.ts';
import { pluginRepository } from './maven-plugins.ts';
import { library } from './maven-projects.ts';
import { type Scene, scene } from './scene.ts';
import { describeWithNginx, type StaticTree, staticTree } from './static-tree.ts';

vi.setConfig({ testTimeout: 300_000 });

const hour = 3_600_000;
let now = Date.now();
let at: Scene;
let tree: StaticTree;
let registry: TestRegistry;

describeWithNginx(() => {
  beforeAll(async () => {
    at = await scene({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
    tree = await staticTree();
    await tree.link('plugins', await pluginRepository());
    registry = await createRegistry(at.server, at.acme, 'maven', [
      gid.project(at.secret.id),
      { url: `${tree.url}/maven2` },
      { url: `${tree.url}/plugins` },
    ]);
    await offerEverything();
    await publishOurs();
  });
  afterAll(async () => {
    await tree.stop();
    await at.end();
  });

  describeClient('mvn@machine', (machines) => {
    describeClient('mvn@3.9', (newer) => {
      const both = [
        [machines.id, machines],
        [newer.id, newer],
      ] as const;

      test.each(both)('%s: a mixed tree from a cold cache', async (_, mvn) => {
        await at.server.api('DELETE', `/virtual_registries/packages/maven/registries/${registry.id}/cache`);
        expect(await resolved(mvn, 'com.acme:lace:[1.0,)')).toEqual(['lace 1.0', 'knot 1.5', 'rope 1.0']);
      });

      test.each(both)('%s: a minimum age hides what is young', async (_, mvn) => {
        await policy({ minimum_release_age_hours: 24 });
        expect(await resolved(mvn, 'com.acme:lace:1.0')).toEqual(['lace 1.0', 'knot 1.0', 'rope 1.0']);
        const why = /403.*It must be 24 hours old, which it is on /;
        expect(await refused(mvn, 'org.their:knot:1.5')).toMatch(why);
        const said = await refused(mvn, 'org.their:young:[1.0,)');
        expect(said).toMatch(why);
        expect(said).toContain('No versions available for org.their:young');
        await policy({ minimum_release_age_hours: 0 });
      });

      test('what is ours is never taken from there, though it is higher', async () => {
        expect(await refused(newer, 'com.acme:lace:99.0')).toContain('Could not find artifact com.acme:lace:jar:99.0');
      });

      test('a build whose plugins come through it too', async () => {
        await compiled(newer);
      });

      test('other machines, after the upstream has stopped', async () => {
        await tree.stop();
        now += 48 * hour;
        await compiled(newer);
        for (const [, mvn] of both) {
          expect(await resolved(mvn, 'com.acme:lace:1.0')).toEqual(['lace 1.0', 'knot 1.5', 'rope 1.0']);
          const said = await refused(mvn, 'org.their:unasked:1.0');
          expect(said).toMatch(/Could not transfer artifact .*502.*The upstream 127\.0\.0\.1 /);
          expect(said).not.toContain('Could not find artifact');
        }
      });
    });
  });
});

function policy(change: object): Promise<unknown> {
  return at.server.api('PATCH', `/virtual_registries/packages/maven/registries/${registry.id}`, change);
}

/** Compiles something that needs it, on a machine of its own; plugins come from elsewhere. */
async function build(mvn: Client, dependency: string): Promise<readonly [MavenMachine, string, string[]]> {
  const credentials = { header: 'Private-Token', value: at.developer.token };
  const box = await mavenMachine(mvn, { repository: registry.url, plugins: false, credentials });
  const { 'pom.xml': pom = '' } = library({
    artifactId: 'shoe',
    version: '1.0',
    dependencies: [dependency],
    deployTo: '',
  });
  return [box, await box.project('shoe', { 'pom.xml': pom }), ['compile', '-C']];
}

/** Name and version of each jar that was fetched for it. */
async function resolved(mvn: Client, dependency: string): Promise<string[]> {
  const [box, cwd, args] = await build(mvn, dependency);
  await box.ok(args, { cwd });
  const found = [];
  for (const name of ['com/acme/lace', 'org/their/knot', 'org/their/rope']) {
    const files = await readdir(path.join(box.local, name), { recursive: true });
    const jars = files.filter((file) => file.endsWith('.jar'));
    found.push(`${path.basename(name)} ${jars.map((file) => path.dirname(file)).join()}`);
  }
  return found;
}

/** A build that takes everything from the registry: fails when a file of the local repository is from elsewhere. */
async function compiled(mvn: Client): Promise<void> {
  const credentials = { header: 'Private-Token', value: at.developer.token };
  const box = await mavenMachine(mvn, { repository: registry.url, credentials });
  const shoe = library({ artifactId: 'shoe', version: '1.0', deployTo: '' });
  await box.ok(['compile', '-C'], { cwd: await box.project('shoe', shoe) });
  const origins = new Set<string>();
  for (const file of await readdir(box.local, { recursive: true })) {
    if (path.basename(file) !== '_remote.repositories') continue;
    for (const [, origin = ''] of String(await box.fetched(file)).matchAll(/>(.*)=/g)) origins.add(origin);
  }
  expect([...origins]).toEqual(['packyard']);
}

async function refused(mvn: Client, dependency: string): Promise<string> {
  const [box, cwd, args] = await build(mvn, dependency);
  return box.fails(args, { cwd });
}

async function offerEverything(): Promise<void> {
  const old = now - 48 * hour;
  await offer('org.their:knot', { '1.0': old, '1.5': now - hour }, 'org.their:rope:1.0');
  await offer('org.their:rope', { '1.0': old });
  await offer('org.their:young', { '1.0': now - hour });
  await offer('org.their:unasked', { '1.0': old });
  await offer('com.acme:lace', { '99.0': old });
}

/** Releases by the times they were made, as a repository of plain files has them. */
async function offer(name: string, versions: Readonly<Record<string, number>>, dependency?: string): Promise<void> {
  const folder = `maven2/${name.replaceAll(/[.:]/g, '/')}`;
  for (const [version, time] of Object.entries(versions)) {
    for (const [file, bytes] of Object.entries(release(`${name}:${version}`, dependency))) {
      await withDigest(`${folder}/${version}/${file}`, bytes, time);
    }
  }
  const [groupId, artifactId] = name.split(':');
  const list = Object.keys(versions).map((version) => `<version>${version}</version>`);
  const metadata = `<metadata><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><versioning><versions>${list.join('')}</versions></versioning></metadata>`;
  await withDigest(`${folder}/maven-metadata.xml`, Buffer.from(metadata), now);
}

async function withDigest(file: string, bytes: Buffer, time: number): Promise<void> {
  await tree.write(file, bytes, time);
  await tree.write(`${file}.sha1`, createHash('sha1').update(bytes).digest('hex'), time);
}

async function publishOurs(): Promise<void> {
  const project = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
  const files = Object.entries(release('com.acme:lace:1.0', 'org.their:knot:[1.0,2.0)'));
  for (const [file, body] of files) {
    const headers = { 'private-token': at.developer.token };
    const answer = await fetch(`${project}/com/acme/lace/1.0/${file}`, { method: 'PUT', headers, body });
    expect(answer.status, await answer.text()).toBe(200);
  }
}

/** A jar and a POM, by their names. */
function release(coordinates: string, dependency?: string): Readonly<Record<string, Buffer>> {
  const [, artifactId, version] = coordinates.split(':');
  const needs =
    dependency === undefined ? '' : `<dependencies><dependency>${elements(dependency)}</dependency></dependencies>`;
  const pom = `<project><modelVersion>4.0.0</modelVersion>${elements(coordinates)}${needs}</project>`;
  return {
    [`${artifactId}-${version}.jar`]: zip([{ name: 'name.txt', body: coordinates }]),
    [`${artifactId}-${version}.pom`]: Buffer.from(pom),
  };
}

function elements(coordinates: string): string {
  const [groupId, artifactId, version] = coordinates.split(':');
  return `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
}
