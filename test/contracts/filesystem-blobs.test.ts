import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, rmdir, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { openFilesystemBlobs } from '../../src/blobs/filesystem.ts';
import type { SystemCall } from './syscall-trace.ts';
import { parseTrace, whyNoStrace } from './syscall-trace.ts';

const child = fileURLToPath(new URL('blob-store.child.ts', import.meta.url));
const project = fileURLToPath(new URL('../..', import.meta.url));
const command = [process.execPath, '--import', 'tsx', child];

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'blobs-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('on disk', () => {
  test('only the owner may look at folders and files', async () => {
    const store = await openFilesystemBlobs(join(root, 'deep', 'below'));
    const small = await commit(store, Buffer.from('small'));
    const large = await commit(store, Buffer.alloc(300_000));
    const held = await store.stage(Readable.from([Buffer.alloc(300_000, 1)]), { maxSize: 1e6 });
    const below = join(root, 'deep', 'below');
    for (const folder of ['', 'blobs', 'blobs/sha256', 'blobs/sha256/00', 'blobs/sha256/ff', 'staging']) {
      expect((await stat(join(below, folder))).mode & 0o777, folder).toBe(0o700);
    }
    const [staged = ''] = await readdir(join(below, 'staging'));
    const files = [small, large].map((sha256) => join('blobs/sha256', sha256.slice(0, 2), sha256));
    for (const file of [...files, join('staging', staged)]) {
      expect((await stat(join(below, file))).mode & 0o777, file).toBe(0o600);
    }
    await held.discard();
  });

  test('a folder that is opened again keeps its blobs and gets back what is missing', async () => {
    const first = await openFilesystemBlobs(root);
    const sha256 = await commit(first, Buffer.from('kept'));
    const missing = (await readdir(join(root, 'blobs/sha256'))).find((name) => !sha256.startsWith(name)) ?? '';
    await rmdir(join(root, 'blobs/sha256', missing));
    const second = await openFilesystemBlobs(root);
    expect((await second.read(sha256)).toString()).toBe('kept');
    expect((await readdir(join(root, 'blobs/sha256'))).length).toBe(256);
  });

  test('a path that is a file is refused at opening', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(openFilesystemBlobs(join(root, 'file'))).rejects.toThrow('ENOTDIR');
  });

  test('a blob that was cut short is replaced by the next upload of it', async () => {
    const store = await openFilesystemBlobs(root);
    for (const bytes of [Buffer.alloc(1_000, 'a'), Buffer.alloc(300_000, 'b')]) {
      const sha256 = await commit(store, bytes);
      await truncate(join(root, 'blobs/sha256', sha256.slice(0, 2), sha256), 10);
      expect((await store.stat(sha256))?.size).toBe(10);
      expect((await store.read(sha256)).length).toBe(10);
      await commit(store, bytes);
      expect(hashOf(await store.read(sha256))).toBe(sha256);
    }
  });

  test('foreign files are not listed', async () => {
    const store = await openFilesystemBlobs(root);
    await writeFile(join(root, 'blobs/sha256/ab/README'), 'x');
    await writeFile(join(root, 'blobs/sha256/.hidden'), 'x');
    const sha256 = await commit(store, Buffer.from('x'));
    const listed: string[] = [];
    for await (const blob of store.list()) listed.push(blob.sha256);
    expect(listed).toEqual([sha256]);
  });

  test('a folder that vanishes is a problem of the storage, and over when it is back', async () => {
    const store = await openFilesystemBlobs(root);
    await rm(join(root, 'staging'), { recursive: true });
    for (const size of [10, 300_000]) {
      await expect(commit(store, Buffer.alloc(size))).rejects.toMatchObject({ code: 'storage-unavailable' });
    }
    await expect(store.probe()).rejects.toMatchObject({ code: 'storage-unavailable' });
    await mkdir(join(root, 'staging'));
    await commit(store, Buffer.alloc(10));
    await store.probe();
  });

  test('no file stays open', async ({ skip }) => {
    if (process.platform !== 'linux') skip('open files can be counted on Linux only');
    const store = await openFilesystemBlobs(root);
    const sha256 = await commit(store, Buffer.alloc(2_000_000));
    const before = (await openFiles()).length;
    for (let i = 0; i < 5; i++) {
      (await store.open(sha256)).destroy();
      (await store.open(sha256, { start: 1, end: 9 })).destroy();
      for await (const _chunk of await store.open(sha256)) break;
      await store.read(sha256);
      await commit(store, Buffer.alloc(400_000, i));
      await commit(store, Buffer.alloc(400, i));
      const broken = new Readable({ read() {} });
      broken.push(Buffer.alloc(400_000));
      setImmediate(() => broken.destroy());
      await expect(store.stage(broken, { maxSize: 1e6 })).rejects.toMatchObject({ code: 'incomplete-body' });
    }
    await expect.poll(async () => (await openFiles()).filter((path) => path.startsWith(root))).toEqual([]);
    expect((await openFiles()).length).toBeLessThanOrEqual(before);
  });
});

describe('a process of its own', { timeout: 120_000 }, () => {
  test('kill -9 while it commits: what it acknowledged is whole, and nothing else has a name', async () => {
    const acknowledged: string[] = [];
    for (let cycle = 0; cycle < 10; cycle++) acknowledged.push(...(await commitUntilKilled(cycle * 13)));
    const store = await openFilesystemBlobs(root);
    const listed = new Set<string>();
    for await (const { sha256 } of store.list()) {
      expect(hashOf(await store.read(sha256))).toBe(sha256);
      listed.add(sha256);
    }
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(acknowledged.filter((sha256) => !listed.has(sha256))).toEqual([]);
    const left = (await readdir(join(root, 'staging'))).length;
    expect(await store.reapStaging(Date.now() + 60_000)).toBe(left);
  });

  test('256 MiB in and out need no more memory than a little', async () => {
    const facts = run([...command, 'stream-much', root], 'streamed');
    expect(facts).toMatchObject({ size: 256 * 2 ** 20 });
    expect(facts['grownBySending']).toBeLessThan(128 * 2 ** 20);
    expect(facts['grownByReading']).toBeLessThan(128 * 2 ** 20);
  });

  test('a full disk refuses uploads and nothing else, and is forgotten when there is room', async ({ skip }) => {
    const mount = `mount -t tmpfs -o size=4m tmpfs '${root}'`;
    const tried = spawnSync('unshare', ['-m', 'sh', '-c', mount]);
    if (tried.status !== 0) skip('a small file system cannot be mounted here');
    const inside = `${mount} && exec "$@"`;
    const facts = run(['unshare', '-m', 'sh', '-c', inside, 'sh', ...command, 'fill-the-disk', root], 'filled');
    expect(facts).toEqual({
      tooLarge: 'storage-full',
      afterTooLarge: [],
      tooMany: 'storage-full',
      afterTooMany: [],
      readable: true,
      whenThereIsRoom: '',
    });
  });
});

describe('system calls', { timeout: 120_000 }, () => {
  test('a file is synced before it gets its name, and the folder before anyone hears of it', async ({ skip }) => {
    const reason = whyNoStrace();
    if (reason !== null) skip(reason);
    const { calls } = await traced([], ['commit-each-kind', root]);
    const keys = new Set(calls.flatMap(({ args }) => /committed \\"([0-9a-f]{64})/.exec(args)?.[1] ?? []));
    expect(keys.size).toBe(2);
    for (const key of keys) expectOrder(calls, key);
  });

  test.for([20_000, 700_000])('a failed sync of a file of %d bytes is the last', async (size, { skip }) => {
    const reason = whyNoStrace();
    if (reason !== null) skip(reason);
    const { calls, output } = await traced(
      ['-e', 'inject=fdatasync:error=EIO:when=2'],
      ['commit-until-it-fails', root, `${size}`],
    );
    expectRefusal(output);
    const syncs = calls.filter(({ name }) => name === 'fdatasync');
    expect(syncs.map(({ result }) => result.startsWith('-1 EIO'))).toEqual([false, true]);
    expect(calls.filter(({ name, args }) => name.startsWith('rename') && args.includes(root)).length).toBe(1);
  });

  test.for([20_000, 700_000])('so is that of a folder, for %d bytes', async (size, { skip }) => {
    const reason = whyNoStrace();
    if (reason !== null) skip(reason);
    const folder = join(root, 'blobs/sha256', hashOf(Buffer.alloc(size, 'x')).slice(0, 2));
    await openFilesystemBlobs(root);
    const { calls, output } = await traced(
      ['-P', folder, '-e', 'inject=fsync:error=EIO'],
      ['commit-until-it-fails', root, `${size}`],
    );
    expectRefusal(output);
    expect(calls.filter(({ name }) => name === 'fsync').length).toBe(1);
  });
});

function expectRefusal(output: string): void {
  expect(factsIn(output, 'failed')).toEqual({
    first: 'storage-unavailable',
    again: 'storage-unavailable',
    probe: 'storage-unavailable',
    read: 'kept',
    staging: [],
  });
}

function expectOrder(calls: readonly SystemCall[], key: string): void {
  const folder = `blobs/sha256/${key.slice(0, 2)}>`;
  const [rename, ...more] = calls.filter(({ name, args }) => name.startsWith('rename') && args.includes(key));
  if (rename === undefined) throw new Error('The blob was never renamed.');
  expect(more, 'the second upload keeps the blob').toEqual([]);
  const staged = /staging\/([0-9a-f-]+)"/.exec(rename.args)?.[1] ?? 'none';
  const writes = calls.filter(({ name, args }) => name.includes('write') && args.includes(staged));
  const syncs = calls.filter(({ name, args }) => name === 'fdatasync' && args.includes(staged));
  const folderSyncs = calls.filter(
    ({ name, args, begin }) => name === 'fsync' && args.endsWith(folder) && begin > rename.end,
  );
  const told = calls.filter(({ name, args }) => name === 'write' && args.includes(`committed \\"${key}`));
  expect(writes.length).toBeGreaterThan(0);
  expect(syncs.map(({ result }) => result)).toEqual(['0']);
  expect(folderSyncs.map(({ result }) => result)).toEqual(['0', '0']);
  expect(told.length).toBe(2);
  const sync = syncs[0] as SystemCall;
  for (const write of writes) expect(write.end).toBeLessThan(sync.begin);
  expect(sync.end).toBeLessThan(rename.begin);
  for (const [index, { end }] of folderSyncs.entries()) expect(end).toBeLessThan(told[index]?.begin ?? 0);
}

async function traced(options: string[], task: string[]): Promise<{ calls: SystemCall[]; output: string }> {
  const trace = join(root, 'trace');
  const names = 'openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2';
  const strace = ['strace', '-f', '-y', '-s', '100', '-o', trace, '-e', `trace=${names}`, ...options];
  const output = outputOf([...strace, ...command, ...task]);
  return { calls: parseTrace(await readFile(trace, 'utf8')), output };
}

/** Starts a process that commits, kills it some time after its first commit, and returns what it acknowledged. */
async function commitUntilKilled(delay: number): Promise<string[]> {
  const [program = '', ...args] = command;
  const writer = spawn(program, [...args, 'commit-forever', root], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(writer, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface(writer.stdout)) {
    if (acknowledged.length === 0) setTimeout(() => writer.kill('SIGKILL'), delay);
    acknowledged.push(String(factsIn(line, 'committed')));
  }
  expect((await exit)[1]).toBe('SIGKILL');
  return acknowledged;
}

function run(command: string[], word: string): Record<string, unknown> {
  return factsIn(outputOf(command), word) as Record<string, unknown>;
}

function outputOf([program = '', ...args]: string[]): string {
  // One thread in the pool: strace counts the calls of each thread for itself.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: project, encoding: 'utf8', env });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

function factsIn(output: string, word: string): unknown {
  const line = output.split('\n').find((line) => line.startsWith(`${word} `)) ?? '';
  return JSON.parse(line.slice(word.length));
}

async function commit(store: BlobStore, bytes: Buffer): Promise<string> {
  const staging = await store.stage(Readable.from([bytes]), { maxSize: 1e9 });
  try {
    await staging.commit();
  } finally {
    await staging.discard();
  }
  return staging.digests.sha256;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function openFiles(): Promise<string[]> {
  const paths = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return Promise.all(paths);
}
