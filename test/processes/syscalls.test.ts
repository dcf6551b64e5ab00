import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTrace, type SystemCall, whyNoStrace } from '../contracts/syscall-trace.ts';
import { npmPackage } from '../harness/packages.ts';
import { npmWire } from '../wire/npm-wire.ts';
import { type Program, rootToken, startProgram } from './program.ts';

/**
 * The write protocol as the system sees it, on SQLite and files: the bytes are synced before they get their name, the name
 * before the transaction, and the transaction before the client hears of it. Nothing is synced twice.
 */
const publishes = 5;

let data: string;
let server: Program | null = null;
const missing = whyNoStrace();

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'packyard-syscalls-'));
});

afterAll(async () => {
  await endTraced();
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
});

test('one publish: one sync of the file, one rename, one sync of the folder, one commit', { timeout: 120_000 }, async ({
  skip,
}) => {
  if (missing !== null) skip(missing);
  const trace = join(data, 'trace');
  const traced = 'read,write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2';
  const strace = ['strace', '-f', '-y', '-s', '120', '-e', 'signal=none', '-o', trace, '-e', `trace=${traced}`];
  server = startProgram(data, {}, strace);
  const npm = npmWire(`${await server.ready()}/api/v4/projects/1/packages/npm/`, rootToken);
  // The first one loads code, and makes pages that later ones only change.
  expect((await npm.put(await npmPackage({ name: 'warm-up' }))).status).toBe(201);
  for (let count = 0; count < publishes; count++) {
    expect((await npm.put(await npmPackage({ name: `traced-${count}` }))).status).toBe(201);
  }
  await endTraced();
  const calls = parseTrace(await readFile(trace, 'utf8'));
  let commits = 0;
  for (let count = 0; count < publishes; count++) commits += commitsIn(publishOf(`traced-${count}`, calls));
  // Last uses of tokens are written down every five seconds: one of them may fall between.
  expect(commits).toBeLessThanOrEqual(publishes + 1);
});

/** From the client's first byte to the answer's. */
function publishOf(name: string, calls: readonly SystemCall[]): readonly SystemCall[] {
  const asked = calls.find((call) => call.name === 'read' && call.args.includes(`"PUT `) && call.args.includes(name));
  const answered = calls.find(
    (call) =>
      call.begin > (asked?.end ?? Infinity) && /^writev?$/.test(call.name) && call.args.includes('HTTP/1.1 201'),
  );
  if (asked === undefined || answered === undefined) throw new Error(`There is no publish of ${name} in the trace.`);
  return calls.filter(({ begin, end }) => begin > asked.begin && end < answered.begin);
}

function commitsIn(calls: readonly SystemCall[]): number {
  const syncs = (of: RegExp): SystemCall[] =>
    calls.filter(({ name, args }) => (name === 'fsync' || name === 'fdatasync') && of.test(args));
  const renames = calls.filter(({ name }) => name.startsWith('rename'));
  const staged = syncs(/\/staging\//);
  const folders = syncs(/\/blobs\/sha256\/[0-9a-f]{2}>/);
  const logs = syncs(/packyard\.db-wal>/);
  expect([staged.length, renames.length, folders.length]).toEqual([1, 1, 1]);
  expect(syncs(/./)).toHaveLength(2 + logs.length);
  const [sync, rename, folder, commit] = [staged[0], renames[0], folders[0], logs.at(-1)];
  for (const call of [sync, rename, folder, commit]) expect(call?.result).toBe('0');
  expect(sync?.end).toBeLessThan(rename?.begin ?? 0);
  expect(rename?.end).toBeLessThan(folder?.begin ?? 0);
  expect(folder?.end).toBeLessThan(commit?.begin ?? 0);
  return logs.length;
}

/** strace ends with the program that it traces, but not the other way round. */
async function endTraced(): Promise<void> {
  if (server === null) return;
  const { pid } = server.child;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.trim().split(' ').map(Number).filter(Boolean)) process.kill(child, 'SIGTERM');
  await server.ended;
  server = null;
}
