/** Starts Maven for a recording: plugins from elsewhere, and the registry's server with a password or, newer ones, a header. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { client } from '../clients/client.ts';
import { quickJvm } from '../clients/maven-install.ts';
import { settingsXml } from '../clients/maven-machine.ts';
import { pluginRepository } from '../clients/maven-plugins.ts';

type Maven = 'mvn@machine' | 'mvn@3.9' | 'mvn@4';

export function isMaven(program: string): program is Maven {
  return program.startsWith('mvn@');
}

export async function startMaven(
  id: Maven,
  args: readonly string[],
  folder: string,
  token: string,
): Promise<ChildProcess> {
  const { program, before } = await client(id);
  const credentials =
    id === 'mvn@machine' ? { username: 'root', password: token } : { header: 'Private-Token', value: token };
  await mkdir(join(folder, '.m2'), { recursive: true });
  // Named in the settings, a repository would be asked for plugins too.
  const settings = settingsXml(
    { repository: null, credentials },
    await pluginRepository(),
    join(folder, '.m2/repository'),
  );
  await writeFile(join(folder, '.m2/settings.xml'), settings);
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: folder,
    MAVEN_OPTS: `-Duser.home=${folder} ${quickJvm}`,
    MAVEN_SKIP_RC: '1',
  };
  return spawn(program, [...before, '-B', '-ntp', ...args], { cwd: folder, stdio: 'ignore', env });
}
