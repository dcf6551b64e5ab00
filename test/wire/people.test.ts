import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmPackage, publishDocument } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { type NpmWire, npmWire } from './npm-wire.ts';

/** People and what packages say of them: rights that end with a role, names that change, addresses, stars. */

let server: TestServer;
let open: TestProject;
let mara: TestUser;
let users = 0;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme', 'public');
  open = await server.createProject('acme/open', 'public');
  mara = await server.createUser('mara');
  await server.addMember(open, mara, 'maintainer');
});
afterAll(() => server.stop());

const as = (user: TestUser): NpmWire => npmWire(open.npm, user.token);
const newcomer = (): Promise<TestUser> => server.createUser(`user${++users}`);
const publish = async (by: TestUser, name: string, version: string): Promise<number> =>
  (await as(by).put(await npmPackage({ name, version }))).status;
const member = (user: TestUser): string => `/projects/${open.id}/members/${user.id}`;

async function owners(by: TestUser, name: string, usernames: readonly string[]): Promise<number> {
  const { json } = await as(by).send('GET', name);
  const body = JSON.stringify({ _rev: json?.['_rev'], maintainers: usernames.map((username) => ({ name: username })) });
  return (await as(by).send('PUT', `${name}/-rev/${String(json?.['_rev'])}`, body)).status;
}

describe('the right to publish', () => {
  test('ends with the membership, also for what they published first', async () => {
    const dev = await newcomer();
    await server.addMember(open, dev, 'developer');
    expect(await publish(dev, 'left', '1.0.0')).toBe(201);
    await server.api('DELETE', member(dev));
    expect(await publish(dev, 'left', '1.0.1')).toBe(403);
    expect((await as(dev).send('PUT', '-/package/left/dist-tags/beta', '"1.0.0"')).status).toBe(403);
    const { json } = await as(dev).send('GET', 'left');
    expect(json?.['maintainers'], 'still told who made it').toMatchObject([{ name: dev.username }]);
  });

  test('ends with a lower role, though a client sent the list of maintainers back meanwhile', async () => {
    const [dev, other] = [await newcomer(), await newcomer()];
    await server.addMember(open, dev, 'developer');
    expect(await publish(dev, 'lowered', '1.0.0')).toBe(201);
    expect(await owners(mara, 'lowered', [dev.username, other.username])).toBe(201);
    await server.api('PUT', member(dev), { access_level: 10 });
    expect(await publish(dev, 'lowered', '1.0.1')).toBe(403);
    expect(await publish(other, 'lowered', '1.0.1'), 'named, and no member').toBe(201);
  });

  test('given by name ends when they are removed from the project or its group', async () => {
    const acme = await server.api<{ id: number }>('GET', '/groups/acme');
    for (const place of [`/projects/${open.id}`, `/groups/${acme.id}`]) {
      const guest = await newcomer();
      await server.api('POST', `${place}/members`, { user_id: guest.id, access_level: 10 });
      const name = `named-${guest.username}`;
      expect(await publish(mara, name, '1.0.0')).toBe(201);
      expect(await owners(mara, name, ['mara', guest.username])).toBe(201);
      expect(await publish(guest, name, '1.0.1')).toBe(201);
      expect(await publish(guest, 'left', '1.0.2')).toBe(403);
      await server.api('DELETE', `${place}/members/${guest.id}`);
      expect(await publish(guest, name, '1.0.2')).toBe(403);
    }
  });

  test('is not given by name to those who could not see the package', async () => {
    const [hidden, outsider] = [await server.createProject('acme/hidden'), await newcomer()];
    await server.addMember(hidden, mara, 'maintainer');
    const wire = npmWire(hidden.npm, mara.token);
    await wire.put(await npmPackage({ name: 'hidden' }));
    const answer = await wire.send('PUT', '-/package/hidden/owners', JSON.stringify({ user: outsider.username }));
    expect(answer.status).toBe(422);
    expect(String(answer.json?.['error'])).toContain(`add ${outsider.username} to its members first`);
  });
});

describe('documents name people as they are called now', () => {
  const validator = async (name: string) => (await as(mara).send('GET', name)).headers.get('etag');

  test('a new user name or address is in them at once', async () => {
    const [dev, fan] = [await newcomer(), await newcomer()];
    await server.addMember(open, dev, 'developer');
    await publish(dev, 'renamed', '1.0.0');
    expect((await as(fan).send('PUT', '-/user/package/renamed/star')).status).toBe(200);
    const before = await validator('renamed');
    await server.api('PUT', `/users/${dev.id}`, { username: 'renamed-dev', email: 'new@example.com' });
    await server.api('PUT', `/users/${fan.id}`, { username: 'renamed-fan' });
    const { json } = await as(mara).send('GET', 'renamed');
    expect(json?.['maintainers']).toEqual([{ name: 'renamed-dev', email: 'new@example.com' }]);
    expect(json?.['users']).toEqual({ 'renamed-fan': true });
    expect(await validator('renamed')).not.toBe(before);
    expect(await owners(mara, 'renamed', ['renamed-dev', 'mara'])).toBe(201);
  });

  test('who was deleted is named no longer', async () => {
    const dev = await newcomer();
    await server.addMember(open, dev, 'developer');
    await publish(dev, 'orphaned', '1.0.0');
    expect((await as(mara).send('GET', 'orphaned')).json?.['maintainers']).toHaveLength(1);
    await server.api('DELETE', `/users/${dev.id}`);
    expect((await as(mara).send('GET', 'orphaned')).json?.['maintainers']).toEqual([]);
  });
});

describe('tokens that may only read', () => {
  test.each([
    ['read_api', 200, 200],
    ['read_user', 403, 200],
    ['read_package_registry', 403, 403],
  ])('%s stars nothing; list of tokens %i, profile %i', async (scope, tokens, profile) => {
    const user = await newcomer();
    const { token } = await server.createToken({ kind: 'personal', user, scopes: [scope] });
    const wire = npmWire(open.npm, token);
    expect((await wire.send('PUT', '-/user/package/left/star')).status).toBe(403);
    expect((await wire.send('DELETE', '-/user/package/left/star')).status).toBe(403);
    expect((await wire.send('GET', '-/npm/v1/tokens')).status).toBe(tokens);
    expect((await wire.send('GET', '-/npm/v1/user')).status).toBe(profile);
  });
});

describe('npm star', () => {
  const said = { 'npm-command': 'star' };
  const send = (by: TestUser | null, body: unknown, headers: Record<string, string> = said) =>
    npmWire(open.npm, by?.token ?? null).send('PUT', 'starred', JSON.stringify(body), headers);

  test('takes a reader, as npm says that it stars', async () => {
    await publish(mara, 'starred', '1.0.0');
    const reader = await newcomer();
    const users = { [reader.username]: true };
    expect((await send(reader, { users }, {})).status, 'nothing says that it is no publish').toBe(403);
    expect((await send(null, { users })).status).toBe(401);
    expect((await send(reader, { users })).status).toBe(201);
    expect((await as(reader).send('GET', 'starred')).json?.['users']).toEqual(users);
  });

  test('gives a reader nothing else', async () => {
    const reader = await newcomer();
    const { json: before } = await as(reader).send('GET', 'starred');
    const release = publishDocument(await npmPackage({ name: 'starred', version: '1.0.1' }));
    for (const body of [
      { versions: { '1.0.0': { deprecated: 'no' } } },
      { maintainers: [{ name: reader.username }] },
      release,
    ]) {
      expect((await send(reader, body)).status).toBe(403);
    }
    expect((await as(reader).send('GET', 'starred')).json).toEqual(before);
  });
});

test('addresses of others are not told to whoever asks for a user', async () => {
  const user = await newcomer();
  const path = `-/user/org.couchdb.user:${user.username}`;
  expect((await as(user).send('GET', path)).json).toMatchObject({ email: `${user.username}@example.com` });
  expect((await as(mara).send('GET', path)).json).toMatchObject({ name: user.username, email: '' });
  expect((await npmWire(open.npm, server.rootToken).send('GET', path)).json?.['email']).not.toBe('');
});
