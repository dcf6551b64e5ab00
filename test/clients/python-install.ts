/** Virtual environments in the cache folder: made once, with the machine's own Python and pip settings. */
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './install.ts';
import type { PinnedPython } from './python-pinned.ts';
import { run } from './run.ts';

/** Folder of the environment; rejects when it can't be had on this machine. */
export async function installPython(pinned: PinnedPython): Promise<string> {
  const specs = [`${pinned.package}==${pinned.version}`, ...(pinned.beside ?? [])];
  const name = `python-${specs.join('-').replaceAll(/[^a-z0-9.]+/g, '-')}`;
  const folder = path.join(cacheFolder, name);
  if (await exists(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(path.join(cacheFolder, `.${name}-`));
  try {
    await python(['-m', 'venv', fresh]);
    await run(path.join(fresh, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...specs], settings()).then(checked);
    // Scripts of an environment name the folder it was made in; `python -m` and uv's own program do not.
    await rename(fresh, folder);
  } catch (error) {
    // Another test file may have been faster; what it installed is the same.
    if (!(await exists(folder))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function python(args: readonly string[]): Promise<void> {
  checked(await run('python3', args, settings()));
}

function checked({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): void {
  if (code !== 0) throw new Error(`Python tools can't be installed: ${`${stderr}${stdout}`.trim().slice(-500)}`);
}

function settings(): { cwd: string; env: Record<string, string>; patience: number } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { cwd: '/', env: { ...env, PYTHONNOUSERSITE: '1' }, patience: 600_000 };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
