/** npm on a person's machine, signed in where a token is given. */
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { type PackageOptions, writeConsumer, writePackage } from '../harness/packages.ts';
import type { Client } from './client.ts';
import { type Machine, machine, type MachineRun } from './machine.ts';
import { npmrc, type RegistrySettings } from './settings.ts';

export interface NpmMachine extends Machine {
  /** Writes a package below home and publishes it; the arguments go behind `publish`. */
  publish(options: PackageOptions, ...args: string[]): Promise<string>;
  /** Folder with the package's files, to publish from. */
  packageFolder(options: PackageOptions): Promise<string>;
  /** Folder of a project that depends on something. */
  consumer(dependencies?: Readonly<Record<string, string>>): Promise<string>;
  json(args: readonly string[], options?: MachineRun): Promise<unknown>;
}

let folders = 0;

export async function npmMachine(
  npm: Client,
  settings: RegistrySettings,
  more: readonly string[] = [],
): Promise<NpmMachine> {
  const own = await machine(npm);
  await own.write('.npmrc', npmrc(settings, more));
  const packageFolder = (options: PackageOptions): Promise<string> =>
    writePackage(path.join(own.home, `package-${++folders}`), options);
  return {
    ...own,
    packageFolder,
    publish: async (options, ...args) => own.ok(['publish', ...args], { cwd: await packageFolder(options) }),
    consumer: (dependencies) => writeConsumer(path.join(own.home, `consumer-${++folders}`), dependencies),
    json: async (args, options) => JSON.parse(await own.ok([...args, '--json'], options)),
  };
}

export interface LockEntry {
  readonly version: string;
  readonly resolved: string;
  readonly integrity: string;
}

/** Packages of a `package-lock.json`, the project itself left out. */
export async function lockEntries(folder: string): Promise<Record<string, LockEntry>> {
  const lock = JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.fromEntries(
    Object.entries(lock.packages)
      .filter(([at]) => at !== '')
      .map(([at, entry]) => [at.replace('node_modules/', ''), entry]),
  );
}

/** `require(name)` in a folder, by the Node of the tests. */
export async function required(folder: string, name: string): Promise<string> {
  const file = path.join(folder, 'node_modules', name, 'index.js');
  return /"(.*)"/.exec(await readFile(file, 'utf8'))?.[1] ?? '';
}
