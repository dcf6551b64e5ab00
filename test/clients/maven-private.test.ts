import { beforeAll, expect, test, vi } from 'vitest';
import { type Client, describeClient } from './client.ts';
import { type MavenCredentials, type MavenMachine, mavenMachine } from './maven-machine.ts';
import { goals } from './maven-pinned.ts';
import { putArtifact } from './maven-upload.ts';
import { type Scene, scene } from './scene.ts';

vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let secret: string;

beforeAll(async () => {
  at = await scene();
  secret = `${at.server.url}/api/v4/projects/${encodeURIComponent(at.secret.fullPath)}/packages/maven`;
  await putArtifact({ at: secret, token: at.developer.token, coordinates: 'com.acme:plan:1.0.0' });
  return at.end;
});

const machineOf = (client: Client, repository: string, credentials?: MavenCredentials): Promise<MavenMachine> =>
  mavenMachine(client, credentials === undefined ? { repository } : { repository, credentials });

const header = (name: string, value: string): MavenCredentials => ({ header: name, value });
const basic = (username: string, password: string): MavenCredentials => ({ username, password });

/** Arguments that deploy the machine's own settings as a file of a release: they differ from one person to the next. */
const deploying = (url: string): string[] => [
  goals.deployFile,
  '-Dfile=.m2/settings.xml',
  '-DgroupId=com.acme',
  '-DartifactId=memo',
  '-Dversion=1.0.0',
  '-Dpackaging=txt',
  '-DrepositoryId=packyard',
  `-Durl=${url}`,
];

const getting = (coordinates = 'com.acme:plan:1.0.0'): string[] => [
  goals.get,
  `-Dartifact=${coordinates}`,
  '-Dtransitive=false',
];

/** What the client says in the end: the line that fails the build, or `done`. */
async function ending(box: MavenMachine, args: readonly string[]): Promise<string> {
  const { code, stdout } = await box.run(args, { cwd: box.home });
  if (code === 0) return 'done';
  return stdout.split('\n').find((line) => line.startsWith('[ERROR] Failed to execute')) ?? stdout;
}

describeClient('mvn@machine', (mvn) => {
  test('reads of a private project: who may, and what the others are told', async () => {
    const reading = async (credentials?: MavenCredentials): Promise<string> =>
      ending(await machineOf(mvn, secret, credentials), getting());
    const scopes = ['read_package_registry'];
    const deploy = await at.server.createToken({ kind: 'deploy', of: at.secret, scopes, username: 'ci' });
    expect(await reading(header('Private-Token', at.guest.token))).toBe('done');
    expect(await reading(header('Job-Token', at.guest.token))).toBe('done');
    expect(await reading(header('Deploy-Token', deploy.token))).toBe('done');
    expect(await reading(basic('ci', deploy.token))).toBe('done');
    expect(await reading()).toContain('authentication failed');
    expect(await reading(header('Private-Token', at.stranger.token))).toContain(
      'Could not find artifact com.acme:plan',
    );
    expect(await reading(header('Private-Token', 'wrong'))).toContain(
      'status: 401 The credential is unknown, expired or revoked.',
    );
  });

  test('deploys to it: the same, and a release that is there already', async () => {
    const writing = async (credentials: MavenCredentials, ...args: readonly string[]): Promise<string> =>
      ending(await machineOf(mvn, secret, credentials), [...deploying(secret), ...args]);
    const order = { kind: 'deploy', of: at.secret, username: 'ci-writer' } as const;
    const reader = await at.server.createToken({ ...order, scopes: ['read_package_registry'] });
    const writer = await at.server.createToken({ ...order, scopes: ['write_package_registry'] });
    expect(await writing(header('Private-Token', 'wrong'))).toContain('authentication failed');
    expect(await writing(header('Private-Token', at.guest.token))).toContain(
      'status: 403 This needs the role Developer or a higher one.',
    );
    expect(await writing(header('Private-Token', at.stranger.token))).toContain('Could not find artifact');
    expect(await writing(header('Deploy-Token', reader.token))).toMatch(/authorization failed .*status: 403 /);
    expect(await at.server.storedBlobs()).toHaveLength(2);

    expect(await writing(basic('ci-writer', writer.token))).toBe('done');
    // The file is the machine's settings, in which the token stands.
    expect(await writing(basic('anyone', at.developer.token))).toContain(
      'status: 409 memo-1.0.0.txt has been published before, with other bytes.',
    );
    expect(await writing(basic(at.developer.username, at.developer.password), '-Dversion=1.1.0')).toBe('done');
  });
});

describeClient('mvn@4', (mvn) => {
  test('headers and Basic for a private project, and what it says of refusals', async () => {
    // It would take `acme%2Fsecret` for two folders.
    const numbered = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
    const developer = await machineOf(mvn, numbered, header('Private-Token', at.developer.token));
    const deploy = [...deploying(numbered), '-Dversion=4.0.0'];
    expect(await ending(developer, deploy)).toBe('done');
    expect(await ending(developer, deploy)).toBe('done');
    const another = await machineOf(mvn, numbered, basic(at.maintainer.username, at.maintainer.token));
    // Its transport drops what a refused upload says, the reason phrase too; of a refused download it shows the body.
    expect(await ending(another, deploy)).toContain('HTTP Status: 409');
    expect(await ending(another, [...getting('com.acme:memo:4.0.0:txt'), '-C'])).toBe('done');
    const wrong = await machineOf(mvn, numbered, header('Private-Token', 'wrong'));
    expect(await ending(wrong, getting())).toContain('The credential is unknown, expired or revoked.');
  });
});
