import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../harness/engine.ts';
import { type Distribution, uploadForm, wheel } from '../harness/python-packages.ts';
import { startServer } from '../harness/server.ts';
import { blobSettings } from '../harness/test-bucket.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { type PypiWire, pypiWire } from './pypi-wire.ts';

const token = 'root-token-for-tests-only';
const authorization = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
const cycles = 2;
const writers = 4;

let data: string;
let database: FreshDatabase;
let server: TestServer | null = null;
let child: ChildProcess | null = null;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'packyard-crash-'));
  database = await freshDatabase('nothing');
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await server?.stop();
  await database.drop();
  await rm(data, { recursive: true, force: true });
});

const settings = async () => ({
  PACKYARD_DATABASE_URL: database.url,
  PACKYARD_ROOT_TOKEN: token,
  ...(await blobSettings(data)),
});

async function start(): Promise<{ process: ChildProcess; url: string }> {
  const started = spawn(process.execPath, ['--import', 'tsx', 'test/wire/crash-server.ts'], {
    env: { PATH: process.env['PATH'], PACKYARD_DATA: data, ...(await settings()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const [url] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
  return { process: started, url };
}

async function makeProject(): Promise<TestProject> {
  const made = await startServer({ data, settings: await settings() });
  await made.createGroup('acme');
  const project = await made.createProject('acme/python');
  await made.stop();
  return project;
}

/** Uploads one file after another until the server is gone. */
async function write(url: string, from: string, acknowledged: Distribution[], unknown: Set<Distribution>) {
  for (let n = 0; n < 500; n++) {
    const of = wheel({ name: 'crash', version: `${from}.${n}`, ballast: 1_000 });
    unknown.add(of);
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: uploadForm(of) }).catch(
      () => null,
    );
    if (answer === null) return;
    expect(answer.status).toBe(201);
    unknown.delete(of);
    acknowledged.push(of);
  }
}

test('kill -9 while uploading: what was acknowledged is whole with its metadata, nothing is half there', async () => {
  const project = await makeProject();
  const acknowledged: Distribution[] = [];
  const unknown = new Set<Distribution>();
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { process: running, url } = await start();
    const mount = `${url}/api/v4/projects/${project.id}/packages/pypi`;
    const writing = Array.from({ length: writers }, (_, n) => write(mount, `${cycle}.${n}`, acknowledged, unknown));
    const before = acknowledged.length;
    await vi.waitUntil(() => acknowledged.length > before + 2, { timeout: 20_000, interval: 5 });
    running.kill('SIGKILL');
    await Promise.all(writing);
  }
  server = await startServer({ data, settings: await settings() });
  await verify(pypiWire(server, project), acknowledged, unknown);
}, 120_000);

async function verify(pypi: PypiWire, acknowledged: readonly Distribution[], unknown: ReadonlySet<Distribution>) {
  const { files } = await pypi.page('crash');
  const all = new Map([...acknowledged, ...unknown].map((of) => [of.fileName, of]));
  for (const { filename, url } of files) {
    const of = all.get(String(filename));
    expect((await pypi.send('GET', String(url))).bytes.equals(of?.bytes ?? Buffer.alloc(0)), String(filename)).toBe(
      true,
    );
    expect((await pypi.send('GET', `${String(url)}.metadata`)).text).toBe(of?.metadata);
  }
  const listed = new Set(files.map(({ filename }) => filename));
  expect(acknowledged.filter(({ fileName }) => !listed.has(fileName))).toEqual([]);
  // An upload without an answer may be repeated.
  for (const of of unknown) expect((await pypi.upload(of)).status).toBe(listed.has(of.fileName) ? 200 : 201);
}
