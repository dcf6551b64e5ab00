/** The built program, for tests that start it as a process: made before the first test, as `npm run build` makes it. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../tools/build.mjs', import.meta.url));
// Below node_modules, where the packages that stay packages are found.
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const variable = 'PACKYARD_TEST_PROGRAM';

/** Path of the program's entry. */
export function builtProgram(): string {
  const path = process.env[variable];
  if (path === undefined) throw new Error('the program was not built: see what the run said at its beginning');
  return path;
}

/** Vitest's `globalSetup`. A tree that can't be built fails only the tests that start it. */
export function setup(): () => void {
  const folder = `${cache}packyard-test-${process.pid}`;
  const { status, stderr } = spawnSync(process.execPath, [build, folder], { encoding: 'utf8' });
  if (status === 0) process.env[variable] = `${folder}/main.js`;
  else process.stderr.write(`The program can't be built:\n${stderr}`);
  return () => rmSync(folder, { recursive: true, force: true });
}
