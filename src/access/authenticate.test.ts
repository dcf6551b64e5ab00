import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { updateAccount } from '../catalog/accounts.ts';
import { findToken, insertToken, markRevoked, type NewToken, type Token } from '../catalog/tokens.ts';
import { type Authenticator, createAuthenticator } from './authenticate.ts';
import type { Credential } from './caller.ts';
import { newToken, tokenDigest } from './token-format.ts';

let catalogue: Catalogue;
let clock: number;
let verified: string[];
let authenticator: Authenticator;

/** Stands in for argon2id: the stored hash of `secret` is `hash:secret`. */
function verify(password: string, stored: string | null): Promise<boolean> {
  verified.push(password);
  return Promise.resolve(stored === `hash:${password}`);
}

beforeEach(async () => {
  catalogue = await openCatalogue();
  clock = newYear;
  verified = [];
  authenticator = createAuthenticator({ db: catalogue.db, now: () => clock, verify });
});
afterEach(() => catalogue.close());

const refused = { refused: 'bad-credential' };

async function store(secret: string, more: Partial<NewToken>): Promise<Token> {
  const plain: NewToken = {
    kind: 'personal',
    digest: tokenDigest(secret),
    hint: secret.slice(0, 9),
    name: 'test',
    username: null,
    accountId: null,
    namespaceId: null,
    projectId: null,
    scopes: ['api'],
    createdBy: null,
    expiresAt: null,
  };
  return insertToken(catalogue.db, { ...plain, ...more }, newYear);
}

const asToken = (secret: string): Credential => ({ carrier: 'token', secret });
const asBasic = (username: string, secret: string): Credential => ({ carrier: 'basic', username, secret });
const asDeploy = (secret: string): Credential => ({ carrier: 'deploy-token', secret });

describe('tokens', () => {
  test('a personal token stands for its account, by every carrier but one', async () => {
    const user = await catalogue.user('alice', { isAdmin: true });
    const secret = newToken('personal');
    const token = await store(secret, { accountId: user.id, scopes: ['read_api'], expiresAt: newYear + 10 });
    const caller = {
      kind: 'user',
      accountId: user.id,
      username: 'alice',
      isAdmin: true,
      isBot: false,
      tokenId: token.id,
      scopes: new Set(['read_api']),
      expiresAt: newYear + 10,
    };
    expect(await authenticator.authenticate(asToken(secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asBasic('alice', secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asBasic('anybody', secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asBasic('', secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asDeploy(secret))).toEqual(refused);
    expect(verified).toEqual([]);
  });

  test('a deploy token is itself, and by Basic goes with its own user name only', async () => {
    await catalogue.group('acme');
    const project = await catalogue.project('acme/app');
    const user = await catalogue.user('alice', { passwordHash: 'hash:pass' });
    const secret = newToken('deploy');
    const wanted = {
      kind: 'deploy',
      username: 'ci',
      projectId: project.id,
      scopes: ['read_package_registry'],
    } as const;
    const token = await store(secret, wanted);
    expect(token.id).toBe(user.id);
    const caller = {
      kind: 'deploy-token',
      tokenId: token.id,
      username: 'ci',
      scopes: new Set(['read_package_registry']),
      projectId: project.id,
      namespaceId: null,
      expiresAt: null,
    };
    expect(await authenticator.authenticate(asToken(secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asDeploy(secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asBasic('ci', secret))).toEqual({ caller });
    expect(await authenticator.authenticate(asBasic('CI', secret))).toEqual(refused);
    expect(await authenticator.authenticate(asBasic('alice', secret))).toEqual(refused);
  });

  test('a token made elsewhere is found too, if it is long enough', async () => {
    const user = await catalogue.user('alice');
    await store('glpat-12345678901234', { accountId: user.id });
    await store('short-secret', { accountId: user.id });
    expect(await authenticator.authenticate(asToken('glpat-12345678901234'))).toMatchObject({
      caller: { username: 'alice' },
    });
    expect(await authenticator.authenticate(asToken('short-secret'))).toEqual(refused);
  });

  test('unknown secrets are refused without hashing a password for them', async () => {
    for (const secret of ['', 'x', newToken('personal'), 'x'.repeat(8000), '\0', 'ü'.repeat(30)]) {
      expect(await authenticator.authenticate(asToken(secret))).toEqual(refused);
      expect(await authenticator.authenticate(asDeploy(secret))).toEqual(refused);
    }
    expect(await authenticator.authenticate(asBasic('alice', newToken('personal')))).toEqual(refused);
    expect(verified).toEqual([]);
  });

  test('the digest of a token is no token', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    await store(secret, { accountId: user.id });
    expect(await authenticator.authenticate(asToken(tokenDigest(secret)))).toEqual(refused);
  });

  test('a revoked token stops with the next request', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    const { id } = await store(secret, { accountId: user.id });
    for (let time = 0; time < 3; time += 1) {
      expect(await authenticator.authenticate(asToken(secret))).toHaveProperty('caller');
    }
    await markRevoked(catalogue.db, id, clock);
    expect(await authenticator.authenticate(asToken(secret))).toEqual(refused);
    expect(await authenticator.authenticate(asBasic('x', secret))).toEqual(refused);
  });

  test('a token ends on the moment it expires', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    await store(secret, { accountId: user.id, expiresAt: newYear + 10 });
    clock = newYear + 9;
    expect(await authenticator.authenticate(asToken(secret))).toHaveProperty('caller');
    clock = newYear + 10;
    expect(await authenticator.authenticate(asToken(secret))).toEqual(refused);
  });

  test('a blocked account takes its tokens along, and gets them back', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    await store(secret, { accountId: user.id });
    expect(await authenticator.authenticate(asToken(secret))).toHaveProperty('caller');
    await updateAccount(catalogue.db, user.id, { state: 'blocked' }, clock);
    expect(await authenticator.authenticate(asToken(secret))).toEqual(refused);
    await updateAccount(catalogue.db, user.id, { state: 'active', isAdmin: true }, clock);
    expect(await authenticator.authenticate(asToken(secret))).toMatchObject({ caller: { isAdmin: true } });
  });

  test('a token is looked up once as long as nothing changes', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    await store(secret, { accountId: user.id });
    let looks = 0;
    const { db } = catalogue;
    const counting = new Proxy(db, {
      get: (target, key) => {
        if (key === 'get') looks += 1;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const counted = createAuthenticator({ db: counting, now: () => clock, verify });
    for (let time = 0; time < 5; time += 1) await counted.authenticate(asToken(secret));
    // Where the database does not tell whether anything changed, there is a look for each request.
    const before = db.stamp() === null ? 5 : 1;
    expect(looks).toBe(before);
    await db.run("update account set name = 'other'");
    await counted.authenticate(asToken(secret));
    expect(looks).toBe(before + 1);
  });
});

describe('last use', () => {
  test('is written in batches, at most once a minute for a token', async () => {
    const { db } = catalogue;
    const user = await catalogue.user('alice');
    const [first, second] = [newToken('personal'), newToken('personal')];
    const one = await store(first, { accountId: user.id });
    const two = await store(second, { accountId: user.id });
    const used = async ({ id }: Token) => (await findToken(db, id))?.lastUsedAt;
    await authenticator.authenticate(asToken(first));
    expect(await used(one)).toBeNull();
    await authenticator.flush();
    expect([await used(one), await used(two)]).toEqual([newYear, null]);
    clock += 59_999;
    await authenticator.authenticate(asToken(first));
    await authenticator.authenticate(asToken(second));
    await authenticator.flush();
    expect([await used(one), await used(two)]).toEqual([newYear, clock]);
    clock += 1;
    await authenticator.authenticate(asToken(first));
    await authenticator.flush();
    expect(await used(one)).toBe(newYear + 60_000);
  });

  test('is not written for refused tokens, and nothing is when there is nothing', async () => {
    const user = await catalogue.user('alice');
    const secret = newToken('personal');
    const { id } = await store(secret, { accountId: user.id, expiresAt: newYear - 1 });
    await authenticator.authenticate(asToken(secret));
    const before = catalogue.db.stamp();
    await authenticator.flush();
    expect(catalogue.db.stamp()).toBe(before);
    expect((await findToken(catalogue.db, id))?.lastUsedAt).toBeNull();
  });
});

describe('passwords', () => {
  beforeEach(() => catalogue.user('alice', { passwordHash: 'hash:secret' }));

  test('a password opens its account, ignoring the case of the user name', async () => {
    const account = await catalogue.user('bob', { passwordHash: 'hash:it is a rather long password' });
    expect(await authenticator.authenticate(asBasic('BOB', 'it is a rather long password'))).toEqual({
      caller: {
        kind: 'user',
        accountId: account.id,
        username: 'bob',
        isAdmin: false,
        isBot: false,
        tokenId: null,
        scopes: null,
        expiresAt: null,
      },
    });
    expect(await authenticator.signIn('bob', 'it is a rather long password')).toEqual(account);
  });

  test('wrong, unknown, blocked, bot and password-less all get one answer after one verification', async () => {
    const blocked = await catalogue.user('blocked', { passwordHash: 'hash:secret' });
    await updateAccount(catalogue.db, blocked.id, { state: 'blocked' }, clock);
    await catalogue.user('bot', { passwordHash: 'hash:secret', isBot: true });
    await catalogue.user('without');
    for (const name of ['blocked', 'bot', 'without', 'nobody', '', 'x'.repeat(9000)]) {
      verified = [];
      expect(await authenticator.authenticate(asBasic(name, 'secret'))).toEqual(refused);
      expect(await authenticator.signIn(name, 'secret')).toBeNull();
      expect(verified.length).toBeGreaterThan(0);
    }
    expect(await authenticator.authenticate(asBasic('alice', 'wrong'))).toEqual(refused);
    expect(await authenticator.authenticate(asBasic('alice', ''))).toEqual(refused);
    expect(await authenticator.authenticate(asToken('secret'))).toEqual(refused);
  });

  test('a success is remembered, until the password changes', async () => {
    const ask = () => authenticator.authenticate(asBasic('alice', 'secret'));
    const answers = await Promise.all(Array.from({ length: 30 }, ask));
    for (const answer of answers) expect(answer).toHaveProperty('caller');
    await ask();
    expect(verified).toEqual(['secret']);
    await catalogue.db.run("update account set password_hash = 'hash:other'");
    expect(await ask()).toEqual(refused);
    expect(await authenticator.authenticate(asBasic('alice', 'other'))).toHaveProperty('caller');
  });

  test('a remembered success does not open a blocked account', async () => {
    const ask = () => authenticator.authenticate(asBasic('alice', 'secret'));
    expect(await ask()).toHaveProperty('caller');
    await catalogue.db.run("update account set state = 'blocked'");
    expect(await ask()).toEqual(refused);
  });

  test('after ten wrong ones in ten minutes the user name has to wait, known or not', async () => {
    for (const name of ['alice', 'nobody']) {
      for (let time = 0; time < 10; time += 1) {
        clock = newYear + time * 1000;
        expect(await authenticator.authenticate(asBasic(name, `wrong ${time}`))).toEqual(refused);
      }
      verified = [];
      await expect(authenticator.authenticate(asBasic(name.toUpperCase(), 'secret'))).rejects.toMatchObject({
        code: 'too-many-requests',
        status: 429,
        headers: { 'retry-after': '591' },
      });
      expect(verified).toEqual([]);
    }
    clock = newYear + 600_000;
    expect(await authenticator.authenticate(asBasic('alice', 'secret'))).toHaveProperty('caller');
  });

  test('many at once count too', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => authenticator.authenticate(asBasic('alice', `guess ${index}`))),
    );
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(10);
    expect(verified).toHaveLength(10);
  });

  test('a right password clears the count, and tokens are not throttled', async () => {
    const user = await catalogue.user('carl', { passwordHash: 'hash:secret' });
    const secret = newToken('personal');
    await store(secret, { accountId: user.id });
    const wrong = async (times: number) => {
      for (let time = 0; time < times; time += 1) await authenticator.authenticate(asBasic('carl', `wrong ${time}`));
    };
    await wrong(9);
    expect(await authenticator.authenticate(asBasic('carl', 'secret'))).toHaveProperty('caller');
    await wrong(10);
    expect(await authenticator.authenticate(asBasic('carl', secret))).toHaveProperty('caller');
    expect(await authenticator.authenticate(asBasic('carl', 'secret'))).toHaveProperty('caller');
    await expect(authenticator.authenticate(asBasic('carl', 'wrong again'))).rejects.toThrow('429');
  });
});
