import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../harness/engine.ts';
import { startServer } from '../harness/server.ts';
import { blobSettings } from '../harness/test-bucket.ts';
import { nupkg, nuspecText, pushForm } from '../nuget/nupkg.ts';

/** Each start costs seconds on a busy machine: CI asks for more. */
const cycles = Number(process.env['CRASH_CYCLES'] ?? 2);
const writers = 4;
const token = 'root-token-for-tests-only';
const headers = { 'x-nuget-apikey': token };

let data: string;
let database: FreshDatabase;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'packyard-nuget-crash-'));
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

const mountAt = (url: string): string => `${url}/api/v4/projects/1/packages/nuget`;

async function start(): Promise<{ process: ChildProcess; base: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/wire/crash-server.ts'], {
    env: { PATH: process.env['PATH'], PACKYARD_DATA: data, ...(await settings()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, base: mountAt(url) };
}

/** Packages by `id/version`, of which the server said that it has them, or died over them. */
interface Ledger {
  readonly acknowledged: Set<string>;
  readonly unknown: Set<string>;
}

function packageOf(key: string): Buffer {
  const [id = '', version = ''] = key.split('/');
  return nupkg({ id, version, metadata: '<readme>R.md</readme>', files: { 'R.md': key } });
}

async function push(base: string, key: string): Promise<number | null> {
  const { headers: type, body } = pushForm(packageOf(key));
  return fetch(`${base}/`, { method: 'PUT', headers: { ...headers, ...type }, body }).then(
    ({ status }) => status,
    () => null,
  );
}

/** Pushes versions of its own package one after another until the server is gone. */
async function write(base: string, id: string, from: number, ledger: Ledger): Promise<void> {
  for (let n = from; n < from + 500; n++) {
    const key = `${id}/1.0.${n}`;
    ledger.unknown.add(key);
    const status = await push(base, key);
    if (status === null) return;
    expect(status).toBe(201);
    ledger.unknown.delete(key);
    ledger.acknowledged.add(key);
  }
}

test('kill -9 while pushing: what was acknowledged is whole, nothing is half there', async () => {
  const ledger: Ledger = { acknowledged: new Set(), unknown: new Set() };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { process: server, base } = await start();
    const writing = Array.from({ length: writers }, (_, n) => write(base, `Crash${n}`, cycle * 1_000, ledger));
    const before = ledger.acknowledged.size;
    await vi.waitUntil(() => ledger.acknowledged.size > before + 3, { timeout: 20_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 40 * cycle));
    server.kill('SIGKILL');
    await Promise.all(writing);
  }
  await verify(ledger);
}, 120_000);

/** Reads everything back from a server started on what the crashes left. */
async function verify({ acknowledged, unknown }: Ledger): Promise<void> {
  const server = await startServer({ data, settings: await settings() });
  const base = mountAt(server.url);
  const bytesAt = async (path: string): Promise<Buffer> => {
    const response = await fetch(base + path, { headers });
    expect(response.status, path).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  try {
    const found = new Set<string>();
    for (let n = 0; n < writers; n++) {
      const { versions } = JSON.parse((await bytesAt(`/download/crash${n}/index.json`)).toString()) as {
        versions: string[];
      };
      for (const version of versions) {
        const key = `Crash${n}/${version}`;
        found.add(key);
        const lower = `crash${n}/${version}`;
        expect((await bytesAt(`/download/${lower}/crash${n}.${version}.nupkg`)).equals(packageOf(key))).toBe(true);
        expect((await bytesAt(`/download/${lower}/readme`)).toString()).toBe(key);
        const nuspec = nuspecText({ id: `Crash${n}`, version, metadata: '<readme>R.md</readme>' });
        expect((await bytesAt(`/download/${lower}/crash${n}.nuspec`)).toString()).toBe(nuspec);
      }
    }
    expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
    expect([...found].filter((key) => !acknowledged.has(key) && !unknown.has(key))).toEqual([]);
    // A push without an answer may be repeated.
    for (const key of unknown) expect(await push(base, key), key).toBe(found.has(key) ? 409 : 201);
  } finally {
    await server.stop();
  }
}
