/** Starts a tool of the pinned Python environments for a recording, with nothing of the machine's own settings. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { client } from '../clients/client.ts';
import { pythonSettings } from '../clients/python-machine.ts';
import { type PythonId, pythonPinned } from '../clients/python-pinned.ts';

export function isPythonTool(program: string): program is PythonId {
  return Object.hasOwn(pythonPinned, program);
}

/** `env` is laid over a machine's bare environment. */
export async function startPythonTool(
  id: PythonId,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const { program, before } = await client(id);
  const settings = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, ...pythonSettings, ...env };
  return spawn(program, [...before, ...args], { cwd: folder, stdio: 'ignore', env: settings });
}

/** A Python project names its index itself: its placeholders are filled in as those of commands are. */
export async function fillProject(folder: string, fill: (text: string) => string): Promise<void> {
  const file = join(folder, 'pyproject.toml');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) await writeFile(file, fill(text));
}
