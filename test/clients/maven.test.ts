import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { readXml, textOf } from '../../src/lib/xml-reader.ts';
import type { Client } from './client.ts';
import { describeMavens } from './maven-clients.ts';
import { type MavenMachine, mavenMachine, type MavenSettings } from './maven-machine.ts';
import { goals } from './maven-pinned.ts';
import { className, library, plugin } from './maven-projects.ts';
import { run } from './run.ts';
import { type Scene, scene } from './scene.ts';

// A build takes seconds, and these have several.
vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let project: string;
let group: string;

beforeAll(async () => {
  at = await scene();
  const api = `${at.server.url}/api/v4`;
  project = `${api}/projects/${at.open.id}/packages/maven`;
  group = `${api}/groups/${at.acme.id}/-/packages/maven`;
  return at.end;
});

/** What a person with the developer's password, or a reader without any, has. */
const dora = (client: Client): Promise<MavenMachine> =>
  mavenMachine(client, {
    repository: project,
    credentials: { username: at.developer.username, password: at.developer.token },
  });
const reader = (client: Client, more: Partial<MavenSettings> = {}): Promise<MavenMachine> =>
  mavenMachine(client, { repository: project, ...more });

const get = (coordinates: string, ...args: readonly string[]): string[] => [
  goals.get,
  `-Dartifact=${coordinates}`,
  ...args,
];

describeMavens((mavens) => {
  test.each(mavens.map((mvn) => [mvn.id, mvn] as const))(
    '%s: a release, and a build from an empty local repository with strict checksums',
    async (id, mvn) => {
      const own = id.replace(/\W/g, '-');
      const knot = `${own}-knot`;
      await (await dora(mvn)).deploy(library({ artifactId: knot, version: '1.0.0', deployTo: project }));
      const folder = `com/acme/${knot}`;
      // Maven 4 keeps the POM that it built from, beside the one for consumers.
      const ends = [...(id === 'mvn@4' ? ['-build.pom'] : []), '-javadoc.jar', '-sources.jar', '.jar', '.pom'];
      expect(await stored(folder, '1.0.0')).toEqual(ends.map((end) => `${knot}-1.0.0${end}`));

      const someone = await reader(mvn, { repository: group });
      const dependencies = [`com.acme:${knot}:1.0.0`];
      const shoe = library({ artifactId: `${own}-shoe`, version: '2.0.0', deployTo: project, dependencies });
      const shoeFolder = await someone.project('shoe', shoe);
      await someone.ok(['package', '-C'], { cwd: shoeFolder });
      const jar = path.join(someone.local, folder, `1.0.0/${knot}-1.0.0.jar`);
      expect(await printed(className(`${own}-shoe`), path.join(shoeFolder, 'target/classes'), jar)).toBe(
        `${own}-shoe 2.0.0 ${knot} 1.0.0`,
      );
    },
  );

  test('a snapshot that each of them deploys: the newest of each file is resolved by all', async () => {
    // The newest first: the first deploy is the one that finds no metadata, and not every Maven takes that alike.
    for (const [index, mvn] of mavens.toReversed().entries()) {
      const developer = await dora(mvn);
      await developer.write('lace.jar', `by ${mvn.id}`);
      await developer.write('sources.jar', `sources by ${mvn.id}`);
      // The last build comes without sources: those of the one before stay.
      const sources = index === 2 ? [] : ['-Dsources=sources.jar'];
      const file = ['-Dfile=lace.jar', `-Durl=${project}`, '-DrepositoryId=packyard', '-Dpackaging=jar', ...sources];
      const coordinates = ['-DgroupId=com.acme', '-DartifactId=lace', '-Dversion=1.1.0-SNAPSHOT'];
      await developer.ok([goals.deployFile, ...coordinates, ...file], { cwd: developer.home });
    }
    const folder = 'com/acme/lace/1.1.0-SNAPSHOT';
    const metadata = readXml(Buffer.from(await text(`${project}/${folder}/maven-metadata.xml`)));
    expect(textOf(metadata, 'versioning', 'snapshot', 'buildNumber')).toBe('3');
    for (const mvn of mavens) {
      const someone = await reader(mvn);
      await someone.ok(get('com.acme:lace:1.1.0-SNAPSHOT', '-C'), { cwd: someone.home });
      expect(String(await someone.fetched(`${folder}/lace-1.1.0-SNAPSHOT.jar`))).toBe('by mvn@machine');
      if (mvn.id !== 'mvn@machine') continue;
      await someone.ok(get('com.acme:lace:1.1.0-SNAPSHOT:jar:sources', '-C', '-Dtransitive=false'), {
        cwd: someone.home,
      });
      expect(String(await someone.fetched(`${folder}/lace-1.1.0-SNAPSHOT-sources.jar`))).toBe('sources by mvn@3.9');
    }
  });

  test('a plugin is called by its prefix in its newest version, by all', async () => {
    const greeter = { artifactId: 'hello-maven-plugin', groupId: 'com.acme.tools', deployTo: project };
    // Maven 3.8 sends no metadata of the group.
    const developer = await dora(mavens[0]);
    await developer.deploy(plugin({ ...greeter, version: '1.9.0' }));
    await developer.deploy(plugin({ ...greeter, version: '1.10.0' }));
    for (const mvn of mavens) {
      const someone = await reader(mvn, { pluginGroups: ['com.acme.tools'] });
      const said = await someone.ok(['hello:greet'], { cwd: someone.home });
      expect(said).toContain('hello from hello-maven-plugin 1.10.0');
    }
  });
});

/** Names of the stored files of a version, in order. */
async function stored(name: string, version: string): Promise<string[]> {
  const packages = `/projects/${at.open.id}/packages`;
  const found = await at.server.api<{ id: number; name: string; version: string }[]>('GET', `${packages}?per_page=100`);
  const one = found.find((row) => row.name === name && row.version === version);
  const files = await at.server.api<{ file_name: string }[]>('GET', `${packages}/${one?.id ?? 0}/package_files`);
  return files.map((row) => row.file_name).toSorted();
}

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** What a class of `com.acme` prints that finds others in these folders and jars. */
async function printed(name: string, ...classPath: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('java', ['-cp', classPath.join(':'), `com.acme.${name}`], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}
