import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { children, readXml, textOf } from '../../src/lib/xml-reader.ts';
import { describeClient } from './client.ts';
import { mavenMachine } from './maven-machine.ts';
import { goals } from './maven-pinned.ts';
import { library, modules } from './maven-projects.ts';
import { putArtifact } from './maven-upload.ts';
import { type Scene, scene } from './scene.ts';

vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let project: string;
let group: string;
let instance: string;

beforeAll(async () => {
  at = await scene();
  const api = `${at.server.url}/api/v4`;
  project = `${api}/projects/${at.open.id}/packages/maven`;
  group = `${api}/groups/${at.acme.id}/-/packages/maven`;
  instance = `${api}/packages/maven`;
  return at.end;
});

describeClient('mvn@machine', (mvn) => {
  const credentials = (): { username: string; password: string } => ({
    username: at.developer.username,
    password: at.developer.token,
  });

  test('a build of several modules in two threads', async () => {
    const developer = await mavenMachine(mvn, { repository: project, credentials: credentials() });
    const parent = { artifactId: 'boot', version: '1.0.0', deployTo: project };
    const names = ['sole', 'heel', 'tongue'];
    await developer.deploy(modules(parent, names), '-T2');
    const someone = await mavenMachine(mvn, { repository: project });
    await someone.ok([goals.get, '-Dartifact=com.acme:tongue:1.0.0', '-C'], { cwd: someone.home });
    for (const name of names) await someone.fetched(`com/acme/${name}/1.0.0/${name}-1.0.0.jar`);
    await someone.fetched('com/acme/boot/1.0.0/boot-1.0.0.pom');
  });

  test('twenty deploys at a time: all are listed, and the checksum fits at every look', async () => {
    const versions = Array.from({ length: 20 }, (_, index) => `1.${index}.0`);
    let done = false;
    const looks = look(`${project}/com/acme/swarm/maven-metadata.xml`, () => done);
    const deploys = versions.map(async (version) => {
      const developer = await mavenMachine(mvn, { repository: project, credentials: credentials() });
      const coordinates = ['-DgroupId=com.acme', '-DartifactId=swarm', `-Dversion=${version}`, '-Dpackaging=txt'];
      const args = ['-Dfile=.m2/settings.xml', `-Durl=${project}`, '-DrepositoryId=packyard', ...coordinates];
      return developer.run([goals.deployFile, ...args], { cwd: developer.home, patience: 240_000 });
    });
    const ended = await Promise.all(deploys);
    done = true;
    expect(ended.map(({ code }) => code)).toEqual(versions.map(() => 0));
    // A client that lost the race would say so, and go on.
    expect(ended.filter(({ stdout }) => stdout.includes('Checksum validation failed'))).toEqual([]);
    const last = (await looks).at(-1) ?? '';
    const versioning = readXml(Buffer.from(last)).children.find(({ name }) => name === 'versioning');
    const listed = versioning?.children
      .filter(({ name }) => name === 'versions')
      .flatMap((one) => children(one, 'version'));
    expect(listed?.map(({ text }) => text)).toEqual(versions);
    expect(versioning && textOf(versioning, 'release')).toBe('1.19.0');
  });

  test('a range, LATEST and RELEASE; by group and instance, and what only members of a project see', async () => {
    const upload = { at: project, token: at.developer.token };
    for (const version of ['1.2.0', '1.10.0', '2.0.0-rc1', '2.0.0']) {
      await putArtifact({ ...upload, coordinates: `com.acme:range:${version}` });
    }
    for (const name of ['newest', 'released']) {
      await putArtifact({ ...upload, coordinates: `com.acme:${name}:1.9` });
      await putArtifact({ ...upload, coordinates: `com.acme:${name}:1.11` });
      await putArtifact({ ...upload, coordinates: `com.acme:${name}:1.12-SNAPSHOT` });
    }
    const secret = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
    await putArtifact({ at: secret, token: at.developer.token, coordinates: 'com.acme:range:1.11.0' });

    const dependencies = ['com.acme:range:[1.0,1.99]', 'com.acme:newest:LATEST', 'com.acme:released:RELEASE'];
    const { 'pom.xml': pom = '' } = library({ artifactId: 'x', version: '1', deployTo: project, dependencies });
    const resolved = async (repository: string, who?: typeof credentials): Promise<(string | undefined)[]> => {
      const box = await mavenMachine(mvn, { repository, ...(who === undefined ? {} : { credentials: who() }) });
      const folder = await box.project('asks', { 'pom.xml': pom });
      await box.ok(['compile', '-C'], { cwd: folder });
      return Promise.all(
        ['range', 'newest', 'released'].map(async (name) => {
          const found = await fetchedVersions(path.join(box.local, 'com/acme', name));
          return found.join(' ');
        }),
      );
    };
    expect(await resolved(project)).toEqual(['1.10.0', '1.12-SNAPSHOT', '1.11']);
    expect(await resolved(group, credentials)).toEqual(['1.11.0', '1.12-SNAPSHOT', '1.11']);
    // Nobody adds versions to another's package there.
    expect(await resolved(instance, credentials)).toEqual(['1.10.0', '1.12-SNAPSHOT', '1.11']);
  });
});

/** Versions whose jar is in a folder of a local repository. */
async function fetchedVersions(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.jar')).map((file) => path.dirname(file));
}

/** Reads a document and the SHA-1 beside it until the end, and once more; documents that were there. */
async function look(url: string, ended: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  for (let last = false; ; last = ended()) {
    const answer = await fetch(url);
    if (answer.status === 200) {
      const document = await answer.text();
      const sum = createHash('sha1').update(document).digest('hex');
      expect(answer.headers.get('x-checksum-sha1')).toBe(sum);
      seen.push(document);
    }
    if (last) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
