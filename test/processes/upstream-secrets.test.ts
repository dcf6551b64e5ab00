/**
 * What upstreams are asked with, and signatures in the URLs that they send us to: neither the log at its most talkative,
 * nor the database, nor any answer repeats them, however the upstream fails.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import { engine } from '../harness/engine.ts';
import { type FakeAnswer, type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { management } from '../harness/management.ts';
import { npmPackage } from '../harness/packages.ts';
import type { Management, TestGroup } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';
import { type Program, rootToken, startProgram } from './program.ts';
import { sharedStorage, type SharedStorage } from './storage.ts';

const password = 'the-password-of-the-upstream';
const token = 'the-token.of-the_upstream==';
const signature = 'a-signature-in-a-query';
const secrets = [password, Buffer.from(`ann:${password}`).toString('base64'), token, signature];

let storage: SharedStorage;
let program: Program;
let upstream: FakeUpstream;
let server: Management & { readonly url: string };
/** All that the program answered. */
const answers: string[] = [];

beforeAll(async () => {
  storage = await sharedStorage();
  program = startProgram(await storage.dataOf(0), {
    ...storage.env,
    PACKYARD_LOG_LEVEL: 'trace',
    PACKYARD_UPSTREAM_ALLOW: '127.0.0.1',
    PACKYARD_SECRET_KEY: 'k'.repeat(40),
  });
  const url = await program.ready();
  server = { ...management(url, rootToken), url };
  upstream = await fakeUpstream();
});
afterAll(async () => {
  await program.kill();
  await upstream.close();
  await storage.remove();
});

async function get(url: string): Promise<number> {
  const response = await fetch(url, { headers: { 'private-token': rootToken } });
  answers.push(JSON.stringify([...response.headers]), await response.text().catch(() => 'broken'));
  return response.status;
}

const to =
  (location: string): FakeAnswer =>
  (_request, response) =>
    void response.writeHead(302, { location }).end();

/** It repeats what it was asked with, wherever an answer has room for it. */
function echo(status: number) {
  return ({ headers, url }: IncomingMessage, response: ServerResponse): void => {
    const said = `${headers.authorization} ${url} ${signature}`;
    const fields = { 'www-authenticate': said, etag: `"${signature}"`, link: `<${said}>`, 'x-why': said };
    response.writeHead(status, said, fields).end(`<html>${said}</html>`);
  };
}

/** Documents and tarballs that fail in every way; each name is asked for as both. */
const failures: Readonly<Record<string, (base: string) => FakeAnswer>> = {
  refused: () => echo(401),
  forbidden: () => echo(403),
  missing: () => echo(404),
  busy: () => echo(400),
  broken: () => echo(500),
  page: () => echo(200),
  cut: () => (request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write(request.headers.authorization);
    setTimeout(() => request.socket.destroy(), 20);
  },
  closed: () => (request) => void request.socket.destroy(),
  'no-http': () => (request) => void request.socket.end(`${request.headers.authorization}\r\n\r\n`),
  loop: (base) => to(`${base}/file?X-Amz-Signature=${signature}`),
  inside: () => to(`http://10.0.0.1/x?sig=${signature}`),
  scheme: () => to(`file:///x?sig=${signature}`),
  user: () => to(`http://ann:${signature}@127.0.0.1/`),
  nowhere: () => to(`http://127.0.0.1:1/?sig=${signature}`),
};

/** Each at an upstream of its own: one that fails so often would be left alone for a while. */
async function play(name: string, group: TestGroup, one: { readonly url: string }): Promise<void> {
  const url = `${one.url}/at-${name}`;
  const base = new URL(url).pathname;
  const registry = await createRegistry(server, group, 'npm', [{ ...one, url }]);
  const answer = failures[name]?.(base) ?? echo(500);
  upstream.on(`${base}/${name}`, answer);
  await get(`${registry.url}/${name}`);
  const { manifest, integrity } = await npmPackage({ name: 'packed' });
  const dist = { tarball: `${upstream.url}${base}/file?token=${signature}`, integrity };
  upstream.on(`${base}/packed`, { name: 'packed', versions: { '1.0.0': { ...manifest, dist } } });
  upstream.on(`${base}/file`, answer);
  expect(await get(`${registry.url}/packed`)).toBe(200);
  await get(`${registry.url}/packed/-/packed-1.0.0.tgz`);
  expect(upstream.hits.get(`${base}/${name}`)).toBeGreaterThan(0);
  expect(upstream.hits.get(`${base}/file`)).toBeGreaterThan(0);
  const api = `${server.url}/api/v4/virtual_registries/packages/npm`;
  for (const path of ['upstreams', `explain?package=${name}`]) await get(`${api}/registries/${registry.id}/${path}`);
}

/** One that works, by signed URLs alone. */
async function playSigned(registry: TestRegistry, base: string): Promise<void> {
  const { manifest, integrity, tarball } = await npmPackage({ name: 'signed' });
  const dist = { tarball: `${upstream.url}${base}/file?X-Amz-Signature=${signature}`, integrity };
  upstream.on(`${base}/signed`, to(`${upstream.url}${base}/document?sig=${signature}`));
  upstream.on(`${base}/document`, { name: 'signed', versions: { '1.0.0': { ...manifest, dist } } });
  upstream.on(`${base}/file`, to(`${upstream.url}${base}/bytes?sig=${signature}`));
  upstream.on(`${base}/bytes`, tarball);
  for (let times = 0; times < 2; times += 1) {
    expect(await get(`${registry.url}/signed`)).toBe(200);
    expect(await get(`${registry.url}/signed/-/signed-1.0.0.tgz`)).toBe(200);
  }
}

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const database = await openDatabase(storage.databaseUrl);
  const tables = await database.all<{ name: string }>(
    engine === 'postgres'
      ? "select tablename as name from pg_tables where schemaname = 'public'"
      : "select name from sqlite_master where type = 'table'",
  );
  const rows: unknown[] = [];
  for (const { name } of tables) rows.push(name, await database.all(`select * from "${name}"`));
  await database.close();
  return JSON.stringify(rows);
}

test.each([
  ['/by-password', { username: 'ann', password }],
  ['/by-token', { token }],
])(
  '%s',
  async (base, credentials) => {
    const group = await server.createGroup(`acme${base.replace('/', '-')}`);
    const one = { url: `${upstream.url}${base}`, ...credentials };
    for (const name of Object.keys(failures)) await play(name, group, one);
    expect(upstream.headers.get(`${base}/at-refused/refused`)?.authorization).toBeDefined();
    const registry = await createRegistry(server, group, 'npm', [one]);
    await playSigned(registry, base);
    const api = `${server.url}/api/v4/virtual_registries/packages/npm`;
    const id = registry.upstreams[0]?.id;
    for (const path of [`upstreams/${id}`, `upstreams/${id}/test`, `upstreams/${id}/cache_entries`]) {
      expect(await get(`${api}/${path}`)).toBe(200);
    }
    await get(`${api}/registries/${registry.id}/explain?package=signed`);
    await get(`${server.url}/api/v4/audit_events?per_page=100`);
    await get(`${server.url}/-/metrics`);
    for (const secret of secrets) {
      expect(answers.filter((answer) => answer.includes(secret))).toEqual([]);
      expect(program.out().includes(secret) || program.err().includes(secret), `the log has ${secret}`).toBe(false);
    }
    const stored = await dump();
    expect(stored).toContain('upstream_resource');
    for (const secret of secrets)
      expect(stored.split(secret)[1]?.slice(0, 200), `the database has ${secret}`).toBe(undefined);
    if (engine === 'postgres') return;
    const file = await readFile(storage.databaseUrl.replace(/^sqlite:/, ''));
    for (const secret of secrets) expect(file.includes(secret), `the file has ${secret}`).toBe(false);
  },
  120_000,
);

test('a process with another key says at its start whose credentials it can not read', async () => {
  const other = startProgram(await storage.dataOf(0), { ...storage.env, PACKYARD_SECRET_KEY: 'x'.repeat(40) });
  await other.ready();
  const line = await other.until(() => other.log().find(({ msg }) => String(msg).includes('PACKYARD_SECRET_KEY')));
  expect(line).toMatchObject({ upstreams: expect.arrayContaining(['127.0.0.1']) as string[] });
  await other.kill();
  expect(program.out()).not.toContain('another one than these');
});
