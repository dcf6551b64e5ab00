import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { Level, TestProject, TestServer, TestToken, Visibility } from '../harness/types.ts';
import { npmWire } from './npm-wire.ts';

/** The contract's table 2.0.3 over the wire: who gets which status, for reads and writes of npm and Generic. */

type Who =
  | 'anonymous'
  | 'nonsense'
  | 'stranger'
  | Level
  | 'deploy-read'
  | 'deploy-write'
  | 'elsewhere'
  | 'revoked'
  | 'expired'
  | 'read-api';

interface Statuses {
  readonly npmRead: number;
  readonly npmTarball: number;
  readonly npmPublish: number;
  readonly npmTag: number;
  readonly npmDelete: number;
  readonly genericRead: number;
  readonly genericWrite: number;
}

let server: TestServer;
const projects = new Map<Visibility, TestProject>();
const tokens = new Map<Who, string>();
let now = Date.UTC(2030, 5, 1);

const everything: Statuses = {
  npmRead: 200,
  npmTarball: 200,
  npmPublish: 201,
  npmTag: 204,
  npmDelete: 200,
  genericRead: 200,
  genericWrite: 201,
};
const reader: Statuses = { ...everything, npmPublish: 403, npmTag: 403, npmDelete: 403, genericWrite: 403 };
const writer: Statuses = { ...everything, npmDelete: 403 };
const all = (status: number): Statuses => ({
  npmRead: status,
  npmTarball: status,
  npmPublish: status,
  npmTag: status,
  npmDelete: status,
  genericRead: status,
  genericWrite: status,
});
const closedToAnonymous: Statuses = { ...all(401), npmTarball: 404 };
const openToAnonymous: Statuses = { ...all(401), npmRead: 200, npmTarball: 200, genericRead: 200 };

const table: readonly (readonly [Who, Record<Visibility, Statuses>])[] = [
  ['anonymous', { private: closedToAnonymous, internal: closedToAnonymous, public: openToAnonymous }],
  ['nonsense', { private: all(401), internal: all(401), public: all(401) }],
  ['revoked', { private: all(401), internal: all(401), public: all(401) }],
  ['expired', { private: all(401), internal: all(401), public: all(401) }],
  ['stranger', { private: all(404), internal: reader, public: reader }],
  ['elsewhere', { private: all(404), internal: all(404), public: reader }],
  ['guest', { private: reader, internal: reader, public: reader }],
  ['reporter', { private: reader, internal: reader, public: reader }],
  ['read-api', { private: reader, internal: reader, public: reader }],
  ['deploy-read', { private: reader, internal: reader, public: reader }],
  ['developer', { private: writer, internal: writer, public: writer }],
  ['maintainer', { private: everything, internal: everything, public: everything }],
  ['owner', { private: everything, internal: everything, public: everything }],
  ['deploy-write', { private: everything, internal: everything, public: everything }],
];

beforeAll(async () => {
  server = await startServer({ now: () => now });
  const group = await server.createGroup('acme', 'public');
  for (const visibility of ['private', 'internal', 'public'] as const) {
    projects.set(visibility, await server.createProject(`acme/${visibility}`, visibility));
  }
  tokens.set('nonsense', 'pkyp_nonsense-nonsense-nonsense');
  tokens.set('stranger', (await server.createUser('stranger')).token);
  for (const level of ['guest', 'reporter', 'developer', 'maintainer', 'owner'] as const) {
    const user = await server.createUser(level);
    await server.addMember(group, user, level);
    tokens.set(level, user.token);
  }
  const maintainer = await server.createUser('narrow');
  await server.addMember(group, maintainer, 'maintainer');
  const narrow = { kind: 'personal', user: maintainer, scopes: ['read_api'] } as const;
  tokens.set('read-api', (await server.createToken(narrow)).token);
  const deploy = (scopes: string[]): Promise<TestToken> => server.createToken({ kind: 'deploy', of: group, scopes });
  tokens.set('deploy-read', (await deploy(['read_package_registry'])).token);
  tokens.set('deploy-write', (await deploy(['write_package_registry'])).token);
  await server.createGroup('other');
  const other = await server.createProject('other/project');
  const elsewhere = { kind: 'access', of: other, level: 'owner', scopes: ['api'] } as const;
  tokens.set('elsewhere', (await server.createToken(elsewhere)).token);
  const revoked = await server.createToken({ kind: 'deploy', of: group, scopes: ['write_package_registry'] });
  tokens.set('revoked', revoked.token);
  await revoked.revoke();
  const expiring = { kind: 'personal', user: maintainer, scopes: ['api'], expiresAt: '2030-06-02' } as const;
  tokens.set('expired', (await server.createToken(expiring)).token);
  now = Date.UTC(2030, 5, 2);
  for (const project of projects.values()) await fill(project);
});

afterAll(() => server.stop());

async function fill(project: TestProject): Promise<void> {
  const npm = npmWire(project.npm, server.rootToken);
  expect((await npm.put(await npmPackage({ name: 'thing' }))).status).toBe(201);
  const put = await fetch(`${project.generic}/thing/1.0.0/file.bin`, {
    method: 'PUT',
    headers: { 'private-token': server.rootToken },
    body: 'bytes',
  });
  expect(put.status).toBe(201);
}

let serial = 0;

/** Tries everything as somebody; what is published on the way is removed with the administrator's token. */
async function attempt(project: TestProject, token: string | null): Promise<Statuses> {
  const npm = npmWire(project.npm, token);
  const root = npmWire(project.npm, server.rootToken);
  const name = `try-${++serial}`;
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const generic = (method: string, file: string, body?: string): Promise<number> =>
    fetch(`${project.generic}/thing/1.0.0/${file}`, { method, headers, ...(body === undefined ? {} : { body }) }).then(
      (response) => response.status,
    );
  const npmPublish = (await npm.put(await npmPackage({ name }))).status;
  expect((await root.put(await npmPackage({ name: `${name}-x` }))).status).toBe(201);
  const rev = String((await root.send('GET', `${name}-x`)).json?.['_rev']);
  return {
    npmRead: (await npm.send('GET', 'thing')).status,
    npmTarball: (await npm.send('GET', 'thing/-/thing-1.0.0.tgz')).status,
    npmPublish,
    npmTag: (await npm.send('PUT', '-/package/thing/dist-tags/beta', '"1.0.0"')).status,
    npmDelete: (await npm.send('DELETE', `${name}-x/-rev/${rev}`)).status,
    genericRead: await generic('GET', 'file.bin'),
    genericWrite: await generic('PUT', `${name}.bin`, 'x'),
  };
}

describe.each(table)('%s', (who, expected) => {
  test.each(['private', 'internal', 'public'] as const)('in a %s project', async (visibility) => {
    const project = projects.get(visibility);
    if (project === undefined) throw new Error('no such project');
    const token = who === 'anonymous' ? null : (tokens.get(who) ?? '');
    expect(await attempt(project, token)).toEqual(expected[visibility]);
  });
});

test('a project that does not exist and one that is hidden answer alike', async () => {
  const hidden = projects.get('private');
  const missing = `${server.url}/api/v4/projects/acme%2Fnothing/packages/npm/`;
  for (const token of [null, tokens.get('stranger') ?? '']) {
    for (const path of [
      'thing',
      'thing/-/thing-1.0.0.tgz',
      '-/package/thing/dist-tags',
      '-/ping',
      '-/v1/search?text=x',
      '-/whoami',
    ]) {
      const a = await npmWire(hidden?.npm ?? '', token).send('GET', path);
      const b = await npmWire(missing, token).send('GET', path);
      expect([a.status, a.bytes.toString()], path).toEqual([b.status, b.bytes.toString()]);
    }
  }
});

test('a token that is revoked stops at the next request', async () => {
  const project = projects.get('private');
  if (project === undefined) throw new Error('no such project');
  const token = await server.createToken({ kind: 'deploy', of: project, scopes: ['read_package_registry'] });
  const npm = npmWire(project.npm, token.token);
  for (let n = 0; n < 3; n++) expect((await npm.send('GET', 'thing')).status).toBe(200);
  await token.revoke();
  expect((await npm.send('GET', 'thing')).status).toBe(401);
});

test('a member who is removed stops at the next request', async () => {
  const project = projects.get('private');
  if (project === undefined) throw new Error('no such project');
  const user = await server.createUser('leaver');
  await server.addMember(project, user, 'developer');
  const npm = npmWire(project.npm, user.token);
  for (let n = 0; n < 3; n++) expect((await npm.send('GET', 'thing')).status).toBe(200);
  await server.api('DELETE', `/projects/${project.id}/members/${user.id}`);
  expect((await npm.send('GET', 'thing')).status).toBe(404);
});
