import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployCaller, userCaller } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { type Account, findAccount } from '../catalog/accounts.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import type { Project } from '../catalog/projects.ts';
import { roleOf } from '../catalog/roles.ts';
import { findToken } from '../catalog/tokens.ts';
import { type Authenticator, createAuthenticator } from './authenticate.ts';
import { anonymous, type Caller, type UserCaller } from './caller.ts';
import { createAccessToken, createDeployToken, createPersonalToken, type Minted } from './create-token.ts';
import { revokeSecret, revokeToken } from './revoke-token.ts';
import { rotateToken } from './rotate-token.ts';
import { looksLikeToken, tokenDigest } from './token-format.ts';

const day = 86_400_000;
let catalogue: Catalogue;
let authenticator: Authenticator;
let now: number;
let group: Namespace;
let project: Project;
let alice: Account;
let byPassword: UserCaller;

beforeEach(async () => {
  catalogue = await openCatalogue();
  now = newYear;
  authenticator = createAuthenticator({ db: catalogue.db, now: () => now });
  group = await catalogue.group('acme');
  project = await catalogue.project('acme/app');
  alice = await catalogue.user('alice');
  byPassword = userCaller(alice);
});
afterEach(() => catalogue.close());

async function callerBy(secret: string): Promise<Caller> {
  const answer = await authenticator.authenticate({ carrier: 'token', secret });
  if (!('caller' in answer)) throw new Error('refused');
  return answer.caller;
}

const works = async (secret: string) => 'caller' in (await authenticator.authenticate({ carrier: 'token', secret }));

const personal = (caller: Caller, more: Partial<Parameters<typeof createPersonalToken>[2]> = {}) =>
  createPersonalToken(catalogue.db, caller, { name: 'ci', scopes: ['api'], ...more }, now);

async function actions(): Promise<string[]> {
  const rows = await catalogue.db.all<{ actor: string; action: string }>(
    'select actor, action from audit_event order by id',
  );
  return rows.map((row) => `${row.actor} ${row.action}`);
}

describe('personal tokens', () => {
  test('work, are stored as a digest only, and are written to the audit trail without the secret', async () => {
    const { secret, token } = await personal(byPassword, { scopes: ['read_api', 'read_api'], expiresAt: now + day });
    expect(looksLikeToken(secret)).toBe(true);
    expect(token).toMatchObject({
      kind: 'personal',
      name: 'ci',
      scopes: ['read_api'],
      accountId: alice.id,
      expiresAt: now + day,
      createdBy: alice.id,
      hint: secret.slice(0, 9),
    });
    expect(await callerBy(secret)).toMatchObject({ kind: 'user', username: 'alice', tokenId: token.id });
    const rows = await catalogue.db.all('select * from token');
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows[0]?.['digest']).toBe(tokenDigest(secret));
    expect(await actions()).toEqual(['user:alice token.create']);
    expect(JSON.stringify(await catalogue.db.all('select * from audit_event'))).not.toContain(secret);
  });

  test('are made for others by administrators only', async () => {
    const admin = userCaller(await catalogue.user('boss', { isAdmin: true }));
    const { token } = await personal(admin, { accountId: alice.id });
    expect(token.accountId).toBe(alice.id);
    await expect(personal(byPassword, { accountId: admin.accountId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(personal(admin, { accountId: 999 })).rejects.toMatchObject({ code: 'user-not-found' });
    const bot = await catalogue.user('bot', { isBot: true });
    await expect(personal(admin, { accountId: bot.id })).rejects.toMatchObject({ code: 'user-not-found' });
  });

  test.each([
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['sudo'] }],
    ['a prototype key as scope', { scopes: ['__proto__'] }],
    ['an empty name', { name: '  ' }],
    ['a name with a line break', { name: 'a\nb' }],
    ['a long name', { name: 'x'.repeat(256) }],
    ['an expiry that has passed', { expiresAt: newYear }],
  ])('are refused with %s', async (_, more) => {
    await expect(personal(byPassword, more)).rejects.toMatchObject({ code: 'invalid-parameter', status: 400 });
    expect(await catalogue.db.all('select 1 from token')).toEqual([]);
  });
});

describe('nobody makes a token that can do more, or lives longer, than oneself', () => {
  test('only people do, and only with all scopes', async () => {
    const bot = await catalogue.user('bot', { isBot: true });
    const others: [Caller, string][] = [
      [anonymous, 'unauthenticated'],
      [userCaller(alice, ['read_api']), 'forbidden'],
      [userCaller(alice, ['read_user']), 'forbidden'],
      [userCaller(alice, ['write_package_registry']), 'forbidden'],
      [userCaller(bot, ['api']), 'forbidden'],
      [deployCaller({ projectId: project.id }, ['write_package_registry']), 'forbidden'],
    ];
    for (const [caller, code] of others) {
      await expect(personal(caller)).rejects.toMatchObject({ code });
      await expect(personal(caller, { scopes: ['read_api'] })).rejects.toMatchObject({ code });
    }
    expect((await personal(userCaller(alice, ['api']))).token.scopes).toEqual(['api']);
  });

  test('a token ends no later than the one that made it', async () => {
    const short = await callerBy((await personal(byPassword, { expiresAt: now + 5 * day })).secret);
    expect((await personal(short)).token.expiresAt).toBe(now + 5 * day);
    expect((await personal(short, { expiresAt: null })).token.expiresAt).toBe(now + 5 * day);
    expect((await personal(short, { expiresAt: now + day })).token.expiresAt).toBe(now + day);
    await expect(personal(short, { expiresAt: now + 5 * day + 1 })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await personal(byPassword)).token.expiresAt).toBeNull();
  });

  const access = (caller: Caller, accessLevel: 10 | 20 | 30 | 40 | 50, home: 'project' | 'group' = 'project') =>
    createAccessToken(
      catalogue.db,
      caller,
      home === 'project' ? { project } : { group },
      { name: 'bot', scopes: ['api'], accessLevel },
      now,
    );

  test('a project token has at most the role of its maker', async () => {
    await catalogue.member({ projectId: project.id }, alice, 40);
    const { secret, token } = await access(byPassword, 40);
    expect(token).toMatchObject({ kind: 'project', projectId: project.id, namespaceId: null });
    const bot = await callerBy(secret);
    if (bot.kind !== 'user') throw new Error('no bot');
    expect(bot).toMatchObject({ isBot: true, isAdmin: false });
    expect(bot.username).toMatch(new RegExp(`^project_${project.id}_bot_[0-9a-f]{32}$`));
    const place = { lineage: project.lineage, projectId: project.id };
    expect(await roleOf(catalogue.db, bot.accountId, place, now)).toBe(40);
    await expect(access(byPassword, 50)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(access(byPassword, 10, 'group')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(access(bot, 10)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await catalogue.db.all('select 1 from account where is_bot = 1')).toHaveLength(1);
  });

  test('only those who manage tokens of a place make one for it', async () => {
    const stranger = userCaller(await catalogue.user('stranger'));
    await catalogue.member({ projectId: project.id }, alice, 30);
    await expect(access(byPassword, 10)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(access(stranger, 10)).rejects.toMatchObject({ code: 'project-not-found' });
    await expect(access(anonymous, 10)).rejects.toMatchObject({ code: 'unauthenticated' });
    const read = userCaller(alice, ['read_api']);
    await catalogue.member({ namespaceId: group.id }, alice, 50);
    await expect(access(read, 10)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await access(byPassword, 50, 'group')).token).toMatchObject({ kind: 'group', namespaceId: group.id });
  });

  test('a deploy token has package scopes only, and a user name', async () => {
    await catalogue.member({ namespaceId: group.id }, alice, 50);
    const deploy = (wanted: { username?: string; scopes?: string[] }, home: 'project' | 'group' = 'project') =>
      createDeployToken(
        catalogue.db,
        byPassword,
        home === 'project' ? { project } : { group },
        { name: 'd', scopes: ['read_package_registry'], ...wanted },
        now,
      );
    const plain = await deploy({});
    expect(plain.token.username).toBe(`packyard+deploy-token-${plain.token.id}`);
    expect((await findToken(catalogue.db, plain.token.id))?.username).toBe(plain.token.username);
    expect(await callerBy(plain.secret)).toMatchObject({ kind: 'deploy-token', projectId: project.id });
    expect((await deploy({ username: 'ci' }, 'group')).token).toMatchObject({ username: 'ci', namespaceId: group.id });
    await expect(deploy({ username: 'a:b' })).rejects.toMatchObject({ code: 'invalid-parameter' });
    const { username } = await catalogue.user('somebody');
    await expect(deploy({ username: username.toUpperCase() })).rejects.toThrow('the name of a user');
    await expect(deploy({ scopes: ['api'] })).rejects.toMatchObject({ code: 'invalid-parameter' });
  });
});

describe('revoking', () => {
  test('stops a token at once', async () => {
    const { secret, token } = await personal(byPassword);
    expect(await works(secret)).toBe(true);
    await revokeToken(catalogue.db, byPassword, token.id, now);
    expect(await works(secret)).toBe(false);
    await revokeToken(catalogue.db, byPassword, token.id, now);
    expect(await actions()).toEqual(['user:alice token.create', 'user:alice token.revoke']);
  });

  test('is for one own tokens; others are not found', async () => {
    const { secret, token } = await personal(byPassword);
    const bob = userCaller(await catalogue.user('bob'));
    const denied = { code: 'token-not-found' };
    await expect(revokeToken(catalogue.db, bob, token.id, now)).rejects.toMatchObject(denied);
    await expect(revokeSecret(catalogue.db, bob, secret, now)).rejects.toMatchObject(denied);
    await expect(revokeToken(catalogue.db, bob, 999, now)).rejects.toMatchObject(denied);
    const deploy = { ...deployCaller({ projectId: project.id }, ['write_package_registry']), tokenId: token.id };
    await expect(revokeToken(catalogue.db, deploy, token.id, now)).rejects.toMatchObject(denied);
    await expect(revokeToken(catalogue.db, anonymous, token.id, now)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(await works(secret)).toBe(true);
    const admin = userCaller(await catalogue.user('boss', { isAdmin: true }));
    await revokeSecret(catalogue.db, admin, secret, now);
    expect(await works(secret)).toBe(false);
  });

  test('a read-only token can end itself and nothing else', async () => {
    const other = await personal(byPassword);
    const own = await personal(byPassword, { scopes: ['read_api'] });
    const caller = await callerBy(own.secret);
    await expect(revokeToken(catalogue.db, caller, other.token.id, now)).rejects.toMatchObject({ code: 'forbidden' });
    await revokeSecret(catalogue.db, caller, own.secret, now);
    expect([await works(own.secret), await works(other.secret)]).toEqual([false, true]);
  });

  test('a project token takes its bot along', async () => {
    await catalogue.member({ projectId: project.id }, alice, 40);
    const wanted = { name: 'bot', scopes: ['api'], accessLevel: 30 } as const;
    const { token } = await createAccessToken(catalogue.db, byPassword, { project }, wanted, now);
    const botId = token.accountId ?? 0;
    await revokeToken(catalogue.db, byPassword, token.id, now);
    expect(await findAccount(catalogue.db, botId)).toMatchObject({ state: 'blocked' });
    const place = { lineage: project.lineage, projectId: project.id };
    expect(await roleOf(catalogue.db, botId, place, now)).toBe(0);
  });
});

describe('rotating', () => {
  const rotate = (caller: Caller, { token }: Minted, expiresAt?: number) =>
    rotateToken(catalogue.db, caller, token.id, expiresAt === undefined ? {} : { expiresAt }, now);

  test('ends the old token and makes one that may do the same, for a week', async () => {
    const old = await personal(byPassword, { scopes: ['read_api'], name: 'mine' });
    now += day / 2;
    const fresh = await rotate(byPassword, old);
    expect(fresh.token).toMatchObject({ name: 'mine', scopes: ['read_api'], accountId: alice.id });
    expect(fresh.token.expiresAt).toBe(newYear + 7 * day);
    expect([await works(old.secret), await works(fresh.secret)]).toEqual([false, true]);
    await expect(rotate(byPassword, old)).rejects.toMatchObject({ code: 'unprocessable' });
  });

  test('happens once, however many ask at once', async () => {
    const old = await personal(byPassword);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => rotate(byPassword, old)));
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await catalogue.db.all('select 1 from token where revoked_at is null')).toHaveLength(1);
  });

  test('by itself lasts as long as it was made for; others no longer than itself', async () => {
    const own = await personal(byPassword, { expiresAt: now + 3 * day });
    const other = await personal(byPassword, { expiresAt: now + 300 * day });
    now += 2 * day;
    const caller = await callerBy(own.secret);
    await expect(rotate(caller, other, now + 30 * day)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await rotate(caller, other)).token.expiresAt).toBe(newYear + 3 * day);
    await expect(rotate(caller, own, now + 3 * day + 1)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await rotate(caller, own, now + 3 * day)).token.expiresAt).toBe(now + 3 * day);
  });

  test('needs the scope, and never shows the secret of a stronger bot', async () => {
    const boss = await catalogue.user('boss');
    await catalogue.member({ projectId: project.id }, boss, 50);
    await catalogue.member({ projectId: project.id }, alice, 40);
    const make = (accessLevel: 40 | 50) =>
      createAccessToken(
        catalogue.db,
        userCaller(boss),
        { project },
        { name: 'bot', scopes: ['api'], accessLevel },
        now,
      );
    const [strong, equal] = [await make(50), await make(40)];
    await expect(rotate(byPassword, strong)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await works(strong.secret)).toBe(true);
    const fresh = await rotate(byPassword, equal);
    expect(fresh.token.accountId).toBe(equal.token.accountId);
    const renewed = await rotate(await callerBy(strong.secret), strong);
    expect(renewed.token.accountId).toBe(strong.token.accountId);
    const readOnly = await personal(byPassword, { scopes: ['read_api'] });
    await expect(rotate(await callerBy(readOnly.secret), readOnly)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('is not for deploy tokens, and not for expired ones', async () => {
    await catalogue.member({ projectId: project.id }, alice, 40);
    const wanted = { name: 'd', scopes: ['read_package_registry'] };
    const deploy = await createDeployToken(catalogue.db, byPassword, { project }, wanted, now);
    await expect(rotate(byPassword, deploy)).rejects.toMatchObject({ code: 'unprocessable' });
    const old = await personal(byPassword, { expiresAt: now + 1 });
    now += 1;
    await expect(rotate(byPassword, old)).rejects.toMatchObject({ code: 'unprocessable' });
  });
});
