/**
 * A person's machine: a home folder with a client's settings and caches, and nothing of the real machine around it. A new
 * one has a cold cache. The client reaches the server under test and no other host.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from './client.ts';
import { type Ran, type RunOptions, run } from './run.ts';

export interface Machine {
  readonly home: string;
  /** A folder below home, made when missing. */
  folder(name: string): Promise<string>;
  /** Writes a file below home. */
  write(name: string, text: string): Promise<void>;
  run(args: readonly string[], options?: MachineRun): Promise<Ran>;
  /** Standard output of a run that ends with 0; any other end rejects with everything the client said. */
  ok(args: readonly string[], options?: MachineRun): Promise<string>;
  /** Standard error and output of a run that must fail; rejects when it ends with 0. */
  fails(args: readonly string[], options?: MachineRun): Promise<string>;
}

export type MachineRun = Partial<RunOptions>;

const homes = new Set<string>();

export async function machine(client: Client): Promise<Machine> {
  const home = await mkdtemp(path.join(tmpdir(), `packyard-${client.id.replace('@', '-')}-`));
  homes.add(home);
  const go = (args: readonly string[], options: MachineRun = {}): Promise<Ran> =>
    run(client.program, [...client.before, ...args], {
      cwd: home,
      ...options,
      env: { ...environment(client, home), ...options.env },
    });
  const said = (args: readonly string[], { code, stdout, stderr }: Ran): string =>
    `${client.id} ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`;
  return {
    home,
    run: go,
    folder: async (name) => {
      const folder = path.join(home, name);
      await mkdir(folder, { recursive: true });
      return folder;
    },
    write: async (name, text) => {
      await mkdir(path.dirname(path.join(home, name)), { recursive: true });
      await writeFile(path.join(home, name), text);
    },
    ok: async (args, options) => {
      const ran = await go(args, options);
      if (ran.code !== 0) throw new Error(said(args, ran));
      return ran.stdout;
    },
    fails: async (args, options) => {
      const ran = await go(args, options);
      if (ran.code === 0) throw new Error(`expected a failure: ${said(args, ran)}`);
      return `${ran.stderr}\n${ran.stdout}`;
    },
  };
}

/** Removes every home made in this test file; for `afterAll`. */
export async function removeMachines(): Promise<void> {
  for (const home of homes) await rm(home, { recursive: true, force: true, maxRetries: 3 });
  homes.clear();
}

/** Built from nothing: the settings of whoever runs the tests must not reach a client, nor a client any other host. */
function environment(client: Client, home: string): Record<string, string> {
  const refusing = 'http://127.0.0.1:9';
  return {
    PATH: `${client.nodeFolder}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    DO_NOT_TRACK: '1',
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_DATA_HOME: path.join(home, '.local/share'),
    XDG_STATE_HOME: path.join(home, '.local/state'),
    HTTP_PROXY: refusing,
    HTTPS_PROXY: refusing,
    http_proxy: refusing,
    https_proxy: refusing,
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
    npm_config_cache: path.join(home, '.npm'),
    npm_config_userconfig: path.join(home, '.npmrc'),
    npm_config_globalconfig: path.join(home, 'etc-npmrc'),
    npm_config_prefix: path.join(home, 'prefix'),
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_fetch_retries: '0',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_GLOBAL_FOLDER: path.join(home, '.yarn/berry'),
    BUN_INSTALL: path.join(home, '.bun'),
    BUN_INSTALL_CACHE_DIR: path.join(home, '.bun/cache'),
  };
}
