import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import semver from 'semver';
import { afterAll, describe, test } from 'vitest';
import { install } from './install.ts';
import { removeMachines } from './machine.ts';
import { installMaven } from './maven-install.ts';
import { type MavenId, mavenPinned, type PinnedMaven } from './maven-pinned.ts';
import { pluginRepository } from './maven-plugins.ts';
import { type ClientId as NodeClientId, type Installed, installed, newerNode, type Pinned, pinned } from './pinned.ts';
import { installPython } from './python-install.ts';
import { type PinnedPython, type PythonId, pythonPinned } from './python-pinned.ts';
import { run } from './run.ts';
import { sbtHome } from './sbt-machine.ts';

export type ClientId = NodeClientId | PythonId | MavenId;

/** A package manager as it can be started here. */
export interface Client {
  readonly id: ClientId;
  readonly version: string;
  /** What to start, and the arguments before the command's own. */
  readonly program: string;
  readonly before: readonly string[];
  /** Folder of the Node that the client and its scripts run on. */
  readonly nodeFolder: string;
}

const system = '/usr/local/bin:/usr/bin:/bin';

/** Finds the client, or installs it in its pinned version; rejects with the reason when neither works. */
export async function client(id: ClientId): Promise<Client> {
  // Fetched here, where there is time for it.
  if (id.startsWith('mvn@')) await pluginRepository();
  if (id in installed) return installedClient(id as keyof typeof installed);
  if (id in mavenPinned) return mavenClient(id as MavenId);
  if (id in pythonPinned) return pythonClient(id as PythonId);
  const wanted: Pinned = pinned[id as keyof typeof pinned];
  const program = await install(wanted);
  if (wanted.runner !== undefined) return runnerClient(id, wanted.runner, program);
  const node = await nodeFor(wanted);
  const started = wanted.binary === true ? { program, before: [] } : { program: node, before: [program] };
  return { id, version: wanted.version, ...started, nodeFolder: path.dirname(node) };
}

/**
 * A `describe` for one client. Where the client is missing: a skip that says why, or a failure with `REQUIRE_CLIENTS=1`
 * as in CI.
 */
export function describeClient(id: ClientId, body: (found: Client) => void): void {
  describe(id, async () => {
    const found = await client(id).catch((error: unknown) => missing(id, error));
    if (found === null) return;
    afterAll(removeMachines);
    body(found);
  });
}

function missing(id: ClientId, error: unknown): null {
  const reason = error instanceof Error ? error.message : String(error);
  if (process.env.REQUIRE_CLIENTS === '1') {
    test(`${id} is there`, () => {
      throw new Error(`REQUIRE_CLIENTS=1, but ${reason}`);
    });
    return null;
  }
  process.stderr.write(`skipped: ${id}: ${reason}\n`);
  test.skip(`${id} is missing: ${reason}`);
  return null;
}

async function installedClient(id: keyof typeof installed): Promise<Client> {
  const { program, version, asks }: Installed = installed[id];
  const nodeFolder = path.dirname(process.execPath);
  const [asked, ...args] = asks ?? [program, '--version'];
  const found = await versionOf(asked, args, version);
  if (found === undefined) throw new Error(`${program} isn't installed on this machine`);
  return { id, version: found, program, before: [], nodeFolder };
}

async function runnerClient(id: ClientId, runner: NonNullable<Pinned['runner']>, program: string): Promise<Client> {
  const found = await versionOf(runner.program, [program, ...runner.asks], runner.version);
  if (found === undefined) throw new Error(`${runner.program} isn't installed on this machine, or lacks a library`);
  return { id, version: found, program: runner.program, before: [program], nodeFolder: path.dirname(process.execPath) };
}

/** What a program tells of its version; `undefined` where it can't be started. Some write settings into their home first. */
async function versionOf(program: string, args: readonly string[], form: RegExp): Promise<string | undefined> {
  const home = await mkdtemp(path.join(tmpdir(), 'packyard-version-'));
  const env = { PATH: `${path.dirname(process.execPath)}:${system}`, HOME: home };
  try {
    return form.exec((await run(program, args, { cwd: '/', env })).stdout)?.[1];
  } catch {
    return undefined;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function pythonClient(id: PythonId): Promise<Client> {
  const wanted: PinnedPython = pythonPinned[id];
  const programs = path.join(await installPython(wanted), 'bin');
  const python = path.join(programs, 'python');
  const started =
    wanted.code !== undefined
      ? { program: python, before: ['-c', wanted.code] }
      : wanted.module === undefined
        ? { program: path.join(programs, wanted.program ?? id), before: [] }
        : { program: python, before: ['-m', wanted.module] };
  return { id, version: wanted.version, ...started, nodeFolder: path.dirname(process.execPath) };
}

async function mavenClient(id: MavenId): Promise<Client> {
  const wanted: PinnedMaven = mavenPinned[id];
  const file = await installMaven(wanted);
  const started =
    wanted.program === undefined ? { program: 'java', before: ['-jar', file] } : { program: file, before: [] };
  const found = { id, version: wanted.version, ...started, nodeFolder: path.dirname(process.execPath) };
  if (id === 'sbt') await sbtHome(found);
  return found;
}

/** The Node that runs the tests where it does, else the newer pinned one. */
async function nodeFor(wanted: Pinned): Promise<string> {
  const suits = wanted.node === undefined || semver.satisfies(process.version, wanted.node);
  return suits ? process.execPath : install(newerNode);
}
