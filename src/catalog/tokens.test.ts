import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { blockBots, findAccount } from './accounts.ts';
import { getSetting, putSettingIfAbsent } from './settings.ts';
import {
  findToken,
  findTokenByDigest,
  insertToken,
  listTokens,
  markRevoked,
  type NewToken,
  touchTokens,
} from './tokens.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const plain: NewToken = {
  kind: 'personal',
  digest: 'd1',
  hint: 'pkyp_abcd',
  name: 'ci',
  username: null,
  accountId: null,
  namespaceId: null,
  projectId: null,
  scopes: ['read_api', 'read_user'],
  createdBy: null,
  expiresAt: newYear + 1000,
};

test('a token is found by digest with the account behind it', async () => {
  const { db } = catalogue;
  const user = await catalogue.user('user', { isAdmin: true });
  const token = await insertToken(db, { ...plain, accountId: user.id }, newYear);
  expect(token).toMatchObject({
    kind: 'personal',
    hint: 'pkyp_abcd',
    scopes: ['read_api', 'read_user'],
    lastUsedAt: null,
  });
  expect(JSON.stringify(token)).not.toContain('d1');
  expect(await findTokenByDigest(db, 'd1')).toEqual({
    token,
    account: { username: 'user', state: 'active', isAdmin: true, isBot: false },
  });
  expect(await findToken(db, token.id)).toEqual(token);
  expect(await findTokenByDigest(db, 'd2')).toBeUndefined();
  await expect(insertToken(db, plain, newYear)).rejects.toMatchObject({ code: 'already-exists' });
});

test('a deploy token has no account', async () => {
  const group = await catalogue.group('a');
  const wanted = { ...plain, kind: 'deploy', username: 'u', namespaceId: group.id, scopes: [] } as const;
  const token = await insertToken(catalogue.db, wanted, newYear);
  expect(await findTokenByDigest(catalogue.db, 'd1')).toEqual({ token, account: null });
  expect(token.scopes).toEqual([]);
});

test('a token is revoked once, and its last use only moves forward', async () => {
  const { db } = catalogue;
  const { id } = await insertToken(db, plain, newYear);
  await touchTokens(db, [id, 77], newYear + 5);
  await touchTokens(db, [id], newYear + 3);
  expect((await findToken(db, id))?.lastUsedAt).toBe(newYear + 5);
  expect(await markRevoked(db, id, newYear + 6)).toBe(true);
  expect(await markRevoked(db, id, newYear + 7)).toBe(false);
  expect((await findToken(db, id))?.revokedAt).toBe(newYear + 6);
});

test('lists by owner, kind and state', async () => {
  const { db } = catalogue;
  const user = await catalogue.user('user');
  await catalogue.group('a');
  const project = await catalogue.project('a/p');
  const add = (digest: string, more: Partial<NewToken>) =>
    insertToken(db, { ...plain, digest, name: digest, ...more }, newYear);
  await add('alive', { accountId: user.id, expiresAt: null });
  await add('expired', { accountId: user.id, expiresAt: newYear });
  await markRevoked(db, (await add('revoked', { accountId: user.id, expiresAt: null })).id, newYear);
  await add('deploy', { kind: 'deploy', projectId: project.id });
  await add('bot', { kind: 'project', projectId: project.id, accountId: user.id });
  const names = async (filter: Parameters<typeof listTokens>[1]) =>
    (await listTokens(db, filter, { limit: 10, offset: 0 }, newYear)).items.map((token) => token.name);
  expect(await names({ accountId: user.id, kinds: ['personal'] })).toEqual(['alive', 'expired', 'revoked']);
  expect(await names({ accountId: user.id, kinds: ['personal'], state: 'active' })).toEqual(['alive']);
  expect(await names({ accountId: user.id, state: 'inactive' })).toEqual(['expired', 'revoked']);
  expect(await names({ projectId: project.id, kinds: ['deploy', 'group'] })).toEqual(['deploy']);
});

test.each([
  ['asc', ['never', 'soon', 'later']],
  ['desc', ['later', 'soon', 'never']],
] as const)('tokens that do not end come before all others, %s', async (direction, expected) => {
  const { db } = catalogue;
  for (const [name, expiresAt] of [
    ['soon', newYear + 1],
    ['never', null],
    ['later', newYear + 2],
  ] as const) {
    await insertToken(db, { ...plain, digest: name, name, expiresAt }, newYear);
  }
  const order = { by: 'expiresAt', direction } as const;
  const { items } = await listTokens(db, {}, { limit: 10, offset: 0, order }, newYear);
  expect(items.map(({ name }) => name)).toEqual(expected);
});

test('bots of a project can be closed together', async () => {
  const { db } = catalogue;
  await catalogue.group('a');
  const [one, two] = [await catalogue.project('a/one'), await catalogue.project('a/two')];
  const [bot, other, user] = [
    await catalogue.user('bot', { isBot: true }),
    await catalogue.user('other', { isBot: true }),
    await catalogue.user('user'),
  ];
  await insertToken(db, { ...plain, kind: 'project', projectId: one.id, accountId: bot.id }, newYear);
  await insertToken(db, { ...plain, digest: 'd2', kind: 'project', projectId: two.id, accountId: other.id }, newYear);
  await blockBots(db, { sql: 'token.project_id = ?', params: [one.id] }, newYear);
  const states = [bot, other, user].map(async ({ id }) => (await findAccount(db, id))?.state);
  expect(await Promise.all(states)).toEqual(['blocked', 'active', 'active']);
});

test('a setting is written by the first only', async () => {
  const { db } = catalogue;
  expect(await getSetting(db, 'x')).toBeUndefined();
  expect(await putSettingIfAbsent(db, 'x', '1')).toBe(true);
  expect(await putSettingIfAbsent(db, 'x', '2')).toBe(false);
  expect(await getSetting(db, 'x')).toBe('1');
});
