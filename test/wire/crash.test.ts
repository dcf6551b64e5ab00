import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../harness/engine.ts';
import { type NpmPackage, npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import { blobSettings } from '../harness/test-bucket.ts';
import { npmWire } from './npm-wire.ts';

/** Each start costs seconds on a busy machine: CI asks for more. */
const cycles = Number(process.env['CRASH_CYCLES'] ?? 4);
const writers = 6;
const token = 'root-token-for-tests-only';

/** Every publish begun, by what became of it as far as its client knows. */
interface Ledger {
  readonly acknowledged: Map<string, NpmPackage>;
  readonly unknown: Map<string, NpmPackage>;
}

let data: string;
let database: FreshDatabase;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'packyard-crash-'));
  database = await freshDatabase('nothing');
});

afterEach(async () => {
  await database.drop();
  await rm(data, { recursive: true, force: true });
});

const settings = async () => ({
  PACKYARD_DATABASE_URL: database.url,
  PACKYARD_ROOT_TOKEN: token,
  ...(await blobSettings(data)),
});

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
}

async function start(): Promise<Running> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/wire/crash-server.ts'], {
    env: { PATH: process.env['PATH'], PACKYARD_DATA: data, ...(await settings()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  return { process: child, url };
}

/** Publishes versions of its own package one after another until the server is gone. */
async function write(url: string, name: string, from: number, ledger: Ledger): Promise<void> {
  const npm = npmWire(`${url}/api/v4/projects/1/packages/npm/`, token);
  for (let n = from; n < from + 500; n++) {
    const of = await npmPackage({ name, version: `1.0.${n}`, files: { 'n.txt': `${name} ${n}` } });
    const key = `${name}@1.0.${n}`;
    ledger.unknown.set(key, of);
    const status = await npm.put(of).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === null) return;
    expect(status).toBe(201);
    ledger.unknown.delete(key);
    ledger.acknowledged.set(key, of);
  }
}

test('kill -9 while publishing: what was acknowledged is whole, nothing is half there', async () => {
  const ledger: Ledger = { acknowledged: new Map(), unknown: new Map() };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { process: server, url } = await start();
    const writing = Array.from({ length: writers }, (_, n) => write(url, `crash-${n}`, cycle * 1_000, ledger));
    // However slow the first publish is: the kill falls among others that are under way.
    const before = ledger.acknowledged.size;
    await vi.waitUntil(() => ledger.acknowledged.size > before + 2, { timeout: 20_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 40 * cycle));
    server.kill('SIGKILL');
    await Promise.all(writing);
  }
  expect(ledger.acknowledged.size).toBeGreaterThan(cycles);
  await verify(ledger);
}, 120_000);

/** Reads everything back from a server started on what the crashes left. */
async function verify(ledger: Ledger): Promise<void> {
  const server = await startServer({ data, settings: await settings() });
  try {
    const npm = npmWire(`${server.url}/api/v4/projects/1/packages/npm/`, token);
    const found = new Set<string>();
    for (let n = 0; n < writers; n++) {
      const document = (await npm.send('GET', `crash-${n}`)).json as {
        versions: Record<string, { dist: Dist }>;
      } | null;
      for (const [version, { dist }] of Object.entries(document?.versions ?? {})) {
        const key = `crash-${n}@${version}`;
        found.add(key);
        const of = ledger.acknowledged.get(key) ?? ledger.unknown.get(key);
        expect(dist.integrity, key).toBe(of?.integrity);
        const bytes = await npm.send('GET', `crash-${n}/-/crash-${n}-${version}.tgz`);
        expect(bytes.bytes.equals(of?.tarball ?? Buffer.alloc(0)), key).toBe(true);
      }
    }
    expect([...ledger.acknowledged.keys()].filter((key) => !found.has(key))).toEqual([]);
    await repeatUnknown(npm, ledger, found);
  } finally {
    await server.stop();
  }
}

interface Dist {
  readonly integrity: string;
}

/** A publish without an answer may be repeated: it is stored now, or it was stored with these very bytes. */
async function repeatUnknown(npm: ReturnType<typeof npmWire>, ledger: Ledger, found: Set<string>): Promise<void> {
  for (const [key, of] of ledger.unknown) {
    expect((await npm.put(of)).status, key).toBe(found.has(key) ? 403 : 201);
  }
}
