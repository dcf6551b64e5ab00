/** sbt on a person's machine: everything of its own from the cache folder, and nothing but the registry to ask. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from './client.ts';
import { cached, quickJvm } from './maven-install.ts';
import { type Machine, machine } from './machine.ts';
import { run } from './run.ts';

const scala = '2.13.18';

/** The Scala version of the builds, as names of libraries have it. */
export const suffix = '_2.13';

/** A machine with a build in its home; lines of `build.sbt` say what it publishes or needs, told where Scala's library is. */
export async function sbtMachine(sbt: Client, lines: (fetched: string) => readonly string[]): Promise<Machine> {
  const own = await machine(sbt);
  const home = await sbtHome(sbt);
  // Links, for it adds files and changes none.
  const { code, stderr } = await run('cp', ['-al', home, path.join(own.home, 'sbt')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  if (code !== 0) throw new Error(stderr);
  await writeBuild(own, sbt, lines(await fetchedBefore(path.join(own.home, 'sbt'))));
  const env = options(path.join(own.home, 'sbt'));
  return {
    ...own,
    ok: (args, more) => own.ok(args, { cwd: own.home, env, patience: 200_000, ...more }),
    fails: (args, more) => own.fails(args, { cwd: own.home, env, patience: 200_000, ...more }),
  };
}

/** The repository that coursier's cache is, of what it fetched before. */
async function fetchedBefore(home: string): Promise<string> {
  const library = '/org/scala-lang/scala-library';
  const cache = path.join(home, 'coursier/cache');
  const found = (await readdir(cache, { recursive: true })).find((name) => name.endsWith(library));
  if (found === undefined) throw new Error(`no Scala library in ${cache}`);
  return `file://${path.join(cache, found.slice(0, -library.length))}`;
}

/** Folder with all that sbt fetches of Maven Central for such a build, fetched once. */
export async function sbtHome(sbt: Client): Promise<string> {
  return cached(`sbt-${sbt.version}-home`, 'home', async (folder) => {
    const own = await machine(sbt);
    await writeBuild(own, sbt, []);
    const { code, stdout, stderr } = await run(sbt.program, [...sbt.before, 'update', 'packageBin'], {
      cwd: own.home,
      env: { ...inherited(), ...options(path.join(folder, 'home')) },
      patience: 600_000,
    });
    if (code !== 0) throw new Error(`sbt can't fetch its parts: ${stdout}${stderr}`.slice(0, 800));
  });
}

async function writeBuild(own: Machine, sbt: Client, lines: readonly string[]): Promise<void> {
  await own.write('project/build.properties', `sbt.version=${sbt.version}\n`);
  await own.write('build.sbt', [`scalaVersion := "${scala}"`, 'organization := "com.acme"', ...lines, ''].join('\n'));
}

function options(home: string): Record<string, string> {
  const properties = {
    'user.home': home,
    'sbt.boot.directory': path.join(home, 'boot'),
    'sbt.ivy.home': path.join(home, 'ivy'),
    'sbt.global.base': path.join(home, 'global'),
    'sbt.coursier.home': path.join(home, 'coursier'),
    'sbt.server.autostart': 'false',
    'sbt.supershell': 'false',
    'sbt.color': 'false',
  };
  const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  return { JAVA_TOOL_OPTIONS: [...defined, quickJvm].join(' ') };
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
