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
import { digest, type MavenWire, mavenWireAt, pomOf, texts } from './maven-wire.ts';

/** Each start costs seconds on a busy machine: CI asks for more. */
const cycles = Number(process.env['CRASH_CYCLES'] ?? 2);
const writers = 4;
const token = 'root-token-for-tests-only';

let data: string;
let database: FreshDatabase;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'packyard-maven-crash-'));
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

async function start(): Promise<{ process: ChildProcess; maven: MavenWire }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/wire/crash-server.ts'], {
    env: { PATH: process.env['PATH'], PACKYARD_DATA: data, ...(await settings()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, maven: mavenWireAt(`${url}/api/v4/projects/1/packages/maven`, token) };
}

/** Files by path, of which the server said that it has them, or died over them. */
interface Ledger {
  readonly acknowledged: Map<string, string>;
  readonly unknown: Map<string, string>;
}

function release(artifact: string, version: string): [string, string][] {
  const base = `com/example/${artifact}/${version}/${artifact}-${version}`;
  return [
    [`${base}.pom`, pomOf('com.example', artifact, version)],
    [`${base}.jar`, `jar of ${artifact} ${version}`],
    [`${base}-sources.jar`, `sources of ${artifact} ${version}`],
  ];
}

/** Deploys versions of its own artifact one after another until the server is gone. */
async function write(maven: MavenWire, artifact: string, from: number, ledger: Ledger): Promise<void> {
  for (let n = from; n < from + 500; n++) {
    const files = release(artifact, `1.${n}`);
    for (const [path, body] of files) ledger.unknown.set(path, body);
    const sent = await Promise.all(
      files.map(async ([path, body]) => {
        const status = await maven.put(path, body).then(
          (answer) => answer.status,
          () => null,
        );
        if (status === null) return false;
        expect(status).toBe(200);
        ledger.unknown.delete(path);
        ledger.acknowledged.set(path, body);
        return true;
      }),
    );
    if (sent.includes(false)) return;
  }
}

test('kill -9 while deploying: what was acknowledged is whole, and metadata lists just that', async () => {
  const ledger: Ledger = { acknowledged: new Map(), unknown: new Map() };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { process: server, maven } = await start();
    const writing = Array.from({ length: writers }, (_, n) => write(maven, `crash-${n}`, cycle * 1_000, ledger));
    const before = ledger.acknowledged.size;
    await vi.waitUntil(() => ledger.acknowledged.size > before + 6, { timeout: 20_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 40 * cycle));
    server.kill('SIGKILL');
    await Promise.all(writing);
  }
  await verify(ledger);
}, 120_000);

/** Reads everything back from a server started on what the crashes left, and ends what they cut off. */
async function verify({ acknowledged, unknown }: Ledger): Promise<void> {
  const server = await startServer({ data, settings: await settings() });
  try {
    const maven = mavenWireAt(`${server.url}/api/v4/projects/1/packages/maven`, token);
    for (const [path, body] of acknowledged) {
      expect((await maven.get(path)).text, path).toBe(body);
      expect((await maven.get(`${path}.sha1`)).text, path).toBe(digest('sha1', body));
    }
    for (let n = 0; n < writers; n++) await verifyListed(maven, `crash-${n}`, acknowledged);
    for (const [path, body] of unknown) expect((await maven.put(path, body)).status, path).toBe(200);
    for (const [path, body] of unknown) expect((await maven.get(path)).text, path).toBe(body);
  } finally {
    await server.stop();
  }
}

async function verifyListed(
  maven: MavenWire,
  artifact: string,
  acknowledged: ReadonlyMap<string, string>,
): Promise<void> {
  const { text } = await maven.get(`com/example/${artifact}/maven-metadata.xml`);
  const listed = texts(text, 'version');
  for (const version of listed) {
    const found = await Promise.all(release(artifact, version).map(async ([path]) => (await maven.get(path)).status));
    expect(found.filter((status) => status === 200).length, version).toBeGreaterThanOrEqual(1);
  }
  const whole = [...acknowledged.keys()].flatMap((path) => {
    const [, version] = new RegExp(`^com/example/${artifact}/([^/]+)/[^/]+\\.jar$`).exec(path) ?? [];
    return version === undefined || path.endsWith('-sources.jar') ? [] : [version];
  });
  expect(whole.filter((version) => !listed.includes(version))).toEqual([]);
}
