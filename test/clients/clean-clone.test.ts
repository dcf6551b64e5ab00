/**
 * What a stranger does: clone, two commands, paste the line that is printed. Slow, because it installs everything anew:
 * only with `CLEAN_CLONE=1`, as in CI. It tests what is committed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../architecture/source.ts';
import { client } from './client.ts';
import { machine, removeMachines } from './machine.ts';
import { npmMachine } from './npm-machine.ts';
import { run } from './run.ts';

const minutes = 60_000;

describe.skipIf(process.env.CLEAN_CLONE !== '1')('a clean clone', () => {
  let folder: string;
  let server: Serving;
  let token: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'packyard-clone-'));
    await must('git', ['clone', '--quiet', '--no-hardlinks', root, folder]);
    await must('npm', ['ci', '--no-audit']);
    server = await serve('npm', ['start']);
    token = /token +(\S+)/.exec(server.printed())?.[1] ?? '';
  }, 10 * minutes);

  afterAll(async () => {
    await server.end();
    await removeMachines();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs in the clone; rejects when it fails. */
  const must = async (program: string, args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(program, args, {
      cwd: folder,
      env: ownEnvironment(),
      patience: 5 * minutes,
    });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  };

  const serve = (program: string, args: readonly string[]): Promise<Serving> => serving(program, args, folder);

  test('the first start prints the URL, the password, a token and a line that publishes', async () => {
    expect(server.printed()).toMatch(/is ready at http:\/\/127\.0\.0\.1:\d+/);
    expect(server.printed()).toMatch(/password +\S+/);
    const line =
      server
        .printed()
        .split('\n')
        .find((one) => one.startsWith('mkdir ')) ?? '';
    const stranger = await machine(await client('npm@machine'));
    const shell = { ...(await client('npm@machine')), program: 'bash', before: ['-c'] };
    const pasted = await (await machine(shell)).run([line], { cwd: stranger.home });
    expect(pasted, pasted.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('+ hello-packyard@1.0.0') });
  });

  test.each([
    ['npm@machine', ['install', 'hello-packyard']],
    ['pnpm@10', ['add', 'hello-packyard']],
    ['yarn@1', ['add', 'hello-packyard']],
  ] as const)('%s installs it from a cold cache, locked by its sha512', async (id, args) => {
    const settings = { registry: `${server.url()}/api/v4/projects/1/packages/npm/`, token };
    const more = id === 'yarn@1' ? ['always-auth=true'] : [];
    const own = await npmMachine(await client(id), settings, more);
    const consumer = await own.consumer();
    await own.ok(args, { cwd: consumer });
    expect(
      JSON.parse(await readFile(path.join(consumer, 'node_modules/hello-packyard/package.json'), 'utf8')),
    ).toMatchObject({
      name: 'hello-packyard',
    });
    const lock = { 'npm@machine': 'package-lock.json', 'pnpm@10': 'pnpm-lock.yaml', 'yarn@1': 'yarn.lock' }[id];
    expect(await readFile(path.join(consumer, lock), 'utf8')).toContain('sha512-');
  });

  test('a second start keeps everything, says no secrets, and ends with 0 when told to', async () => {
    await server.end();
    server = await serve(process.execPath, ['bin/packyard.cjs']);
    expect(server.printed()).not.toContain(token);
    expect(server.printed()).not.toContain('password');
    const settings = { registry: `${server.url()}/api/v4/projects/1/packages/npm/`, token };
    const own = await npmMachine(await client('npm@machine'), settings);
    expect((await own.ok(['view', 'hello-packyard', 'version'])).trim()).toBe('1.0.0');
    expect(await server.end()).toBe(0);
  });
});

interface Serving {
  printed(): string;
  url(): string;
  /** Tells the whole group to stop; resolves with the exit code of the process that was started. */
  end(): Promise<number | null>;
}

async function serving(program: string, args: readonly string[], cwd: string): Promise<Serving> {
  const child = spawn(program, args, { cwd, env: ownEnvironment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const printed = await untilReady(child, exit);
  return {
    printed,
    url: () => /is ready at (\S+)/.exec(printed())?.[1] ?? '',
    end: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      return exit;
    },
  };
}

async function untilReady(child: ChildProcess, exit: Promise<number | null>): Promise<() => string> {
  let printed = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        // The publish line comes last on a first start; one more turn lets it arrive.
        if (printed.includes('is ready at')) setTimeout(resolve, 200);
      });
    }
  });
  await Promise.race([
    ready,
    exit.then((code) => {
      throw new Error(`the server ended with ${code}: ${printed}`);
    }),
  ]);
  return () => printed;
}

/** The machine's own npm settings (a mirror, a proxy), without those of the npm that runs these tests, nor any of ours. */
function ownEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(PACKYARD_|VITEST|NODE_ENV|npm_(lifecycle|package)_)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), PACKYARD_PORT: '0' };
}
