/** Build tools of the JVM in the cache folder: fetched once by the machine's own Maven, with its own settings. */
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { alone } from './alone.ts';
import { cacheFolder } from './install.ts';
import { goals, type PinnedMaven } from './maven-pinned.ts';
import { run } from './run.ts';

/** Path of the program or the jar; rejects when it can't be had on this machine. */
export async function installMaven({ artifact, program }: PinnedMaven): Promise<string> {
  const [, name = '', version = '', type = 'jar', classifier] = artifact.split(':');
  const file = `${name}-${version}${classifier === undefined ? '' : `-${classifier}`}.${type}`;
  return cached(`maven-${name}-${version}`, program ?? file, async (folder) => {
    const args = [goals.copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`, '-Dmdep.useBaseVersion=true'];
    // Two of them would write the same files of the user's local repository.
    await alone('maven-local', () => machineMaven(args));
    if (program !== undefined) await checked('tar', ['xzf', file], folder);
  });
}

/**
 * Makes a folder of the cache once: whole, or not at all. Returns the path of `wanted` in it. Other test files that want it
 * meanwhile wait.
 */
export async function cached(name: string, wanted: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const target = path.join(cacheFolder, name);
  const found = path.join(target, wanted);
  if (await exists(found)) return found;
  await alone(name, async () => {
    if (await exists(found)) return;
    const fresh = await mkdtemp(path.join(cacheFolder, `.${name}-`));
    try {
      await fill(fresh);
      await rename(fresh, target);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
  return found;
}

/** Half of what a short run takes otherwise is compiling, twice. */
export const quickJvm = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto';

/** Runs the machine's Maven as its user would. */
export async function machineMaven(args: readonly string[], cwd = '/', program = 'mvn'): Promise<void> {
  await checked(program, ['-B', '-ntp', '-q', '-Dstyle.color=never', ...args], cwd);
}

async function checked(program: string, args: readonly string[], cwd: string): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { code, stdout, stderr } = await run(program, args, {
    cwd,
    env: { ...env, MAVEN_OPTS: quickJvm },
    patience: 600_000,
  });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${`${stdout}${stderr}`.trim().slice(0, 800)}`);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
