/** A Python tool on a person's machine: no settings, no keyring, no cache, and only the index that it is told of. */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { normalizeName } from '../../src/formats/pypi/file-names.ts';
import type { Distribution } from '../harness/python-packages.ts';
import type { Client } from './client.ts';
import { type Machine, machine, type MachineRun } from './machine.ts';
import { run } from './run.ts';

export interface PythonMachine extends Machine {
  /** Runs a program in the tool's environment: `input` comes in as JSON, what it prints is read as JSON. */
  python(program: string, input: unknown): Promise<unknown>;
}

export const pythonSettings: Readonly<Record<string, string>> = {
  PIP_CONFIG_FILE: '/dev/null',
  PIP_NO_INPUT: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_ROOT_USER_ACTION: 'ignore',
  PIP_RETRIES: '0',
  PYTHONNOUSERSITE: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
  // Wide enough that no sentence is cut.
  COLUMNS: '300',
  TERM: 'dumb',
  UV_NO_PROGRESS: '1',
  UV_PYTHON_DOWNLOADS: 'never',
  POETRY_VIRTUALENVS_IN_PROJECT: 'true',
  PDM_CHECK_UPDATE: '0',
};

export async function pythonMachine(
  client: Client,
  more: Readonly<Record<string, string>> = {},
): Promise<PythonMachine> {
  const own = await machine(client);
  const env = { ...pythonSettings, ...more };
  const with_ = (options: MachineRun = {}): MachineRun => ({ ...options, env: { ...env, ...options.env } });
  return {
    ...own,
    run: (args, options) => own.run(args, with_(options)),
    ok: (args, options) => own.ok(args, with_(options)),
    fails: (args, options) => own.fails(args, with_(options)),
    python: async (program, input) => {
      const options = { cwd: own.home, env: { PATH: '/usr/bin:/bin', ...env }, input: JSON.stringify(input) };
      const { code, stdout, stderr } = await run(client.program, ['-c', program], options);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as unknown;
    },
  };
}

/** A fresh machine with files in `dist/`, to upload. */
export async function workshop(client: Client, ...files: Distribution[]): Promise<PythonMachine> {
  const box = await pythonMachine(client);
  const folder = await box.folder('dist');
  for (const { fileName, bytes } of files) await writeFile(path.join(folder, fileName), bytes);
  return box;
}

/** Versions of what is installed in a folder, by normalised name. */
export async function installed(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const found = names.map((name) => /^(.+)-([^-]+)\.dist-info$/.exec(name)).filter((match) => match !== null);
  return Object.fromEntries(found.map(([, name = '', version = '']) => [normalizeName(name), version]));
}
