import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { type Client, describeClient } from './client.ts';
import { type Machine, machine } from './machine.ts';
import { putArtifact, putSnapshot } from './maven-upload.ts';
import { type Scene, scene } from './scene.ts';

// Debian's Gradle is 4.4, which can't publish on a current Java: what newer ones send is in the transcripts.
vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let secret: string;

beforeAll(async () => {
  at = await scene();
  secret = `${at.server.url}/api/v4/projects/${at.secret.id}/packages/maven`;
  return at.end;
});

async function gradleMachine(client: Client, token: string): Promise<Machine> {
  const own = await machine(client);
  await own.write('settings.gradle', "rootProject.name = 'asks'\n");
  await own.write(
    'build.gradle',
    `repositories { maven { url '${secret}'; credentials { username = 'gus'; password = '${token}' } } }
configurations { libs { resolutionStrategy.cacheChangingModulesFor 0, 'seconds' } }
dependencies { libs 'com.acme:buckle:1.+', 'com.acme:lace:1.1.0-SNAPSHOT' }
task fetch(type: Sync) { from configurations.libs; into 'libs' }
`,
  );
  const env = {
    GRADLE_OPTS: `-Duser.home=${own.home} -XX:TieredStopAtLevel=1`,
    GRADLE_USER_HOME: path.join(own.home, '.gradle'),
  };
  const usual = ['--no-daemon', '--console=plain', '--stacktrace'];
  return {
    ...own,
    ok: (args, options) => own.ok([...usual, ...args], { cwd: own.home, env, patience: 200_000, ...options }),
    fails: (args, options) => own.fails([...usual, ...args], { cwd: own.home, env, patience: 200_000, ...options }),
  };
}

describeClient('gradle@machine', (gradle) => {
  test('the newest of a prefix, and each new build of a snapshot', async () => {
    const { token } = at.developer;
    for (const version of ['1.9.0', '1.10.0', '2.0.0']) {
      await putArtifact({ at: secret, token, coordinates: `com.acme:buckle:${version}` });
    }
    await putSnapshot({
      at: secret,
      token,
      coordinates: 'com.acme:lace:1.1.0',
      build: '20260102.030405-1',
      jar: 'first',
    });
    const gus = await gradleMachine(gradle, at.guest.token);
    await gus.ok(['fetch']);
    const fetched = async (): Promise<string[]> => {
      const names = (await readdir(path.join(gus.home, 'libs'))).toSorted();
      const texts = names.map((name) => readFile(path.join(gus.home, 'libs', name), 'utf8'));
      return (await Promise.all(texts)).map((text, index) => `${names[index] ?? ''}: ${text}`);
    };
    expect(await fetched()).toEqual(['buckle-1.10.0.jar: com.acme:buckle:1.10.0', 'lace-1.1.0-SNAPSHOT.jar: first']);

    await putSnapshot({
      at: secret,
      token,
      coordinates: 'com.acme:lace:1.1.0',
      build: '20260102.040506-2',
      jar: 'second',
    });
    await gus.ok(['fetch']);
    expect(await fetched()).toContain('lace-1.1.0-SNAPSHOT.jar: second');
  });

  test('who may not is told', async () => {
    const sten = await gradleMachine(gradle, 'wrong');
    expect(await sten.fails(['fetch'])).toContain('The credential is unknown, expired or revoked.');
  });
});
