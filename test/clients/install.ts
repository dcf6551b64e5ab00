/** Pinned clients in a cache folder outside the repository: installed once by npm, with the machine's own npm settings. */
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Pinned } from './pinned.ts';
import { run } from './run.ts';

export const cacheFolder = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'packyard-ci');

/** Path of the client's program; rejects when it can't be had on this machine. */
export async function install(pinned: Pinned): Promise<string> {
  const name = `${pinned.package.replaceAll('/', '+')}-${pinned.version}`;
  const folder = path.join(cacheFolder, name);
  const program = path.join(folder, 'node_modules', pinned.package, pinned.program);
  if (await exists(program)) return program;
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(path.join(cacheFolder, `.${name}-`));
  try {
    const manifest = { private: true, overrides: pinned.overrides ?? {} };
    await writeFile(path.join(fresh, 'package.json'), JSON.stringify(manifest));
    await npmInstall(fresh, `${pinned.package}@${pinned.version}`);
    await rename(fresh, folder);
  } catch (error) {
    // Another test file may have been faster; what it installed is the same.
    if (!(await exists(program))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return program;
}

async function npmInstall(folder: string, spec: string): Promise<void> {
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--omit=optional', '--no-save', '--no-audit', spec];
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { code, stderr } = await run('npm', args, { cwd: folder, env });
  if (code !== 0) throw new Error(`npm can't install ${spec}: ${stderr.trim().split('\n')[0] ?? ''}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
