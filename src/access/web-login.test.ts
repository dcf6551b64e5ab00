import { afterEach, beforeEach, expect, test } from 'vitest';
import { deployCaller, userCaller } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import type { Account } from '../catalog/accounts.ts';
import { createAuthenticator } from './authenticate.ts';
import { anonymous } from './caller.ts';
import { completeWebLogin, isWebLoginOpen, pollWebLogin, startWebLogin } from './web-login.ts';

let catalogue: Catalogue;
let alice: Account;
beforeEach(async () => {
  catalogue = await openCatalogue();
  alice = await catalogue.user('alice');
});
afterEach(() => catalogue.close());

const later = newYear + 5 * 60_000;

test('a login is finished by a person and collected once by the program', async () => {
  const { db } = catalogue;
  const { loginId, pollId } = await startWebLogin(db, newYear);
  expect(await pollWebLogin(db, pollId, newYear)).toEqual({ state: 'waiting' });
  expect(await isWebLoginOpen(db, loginId, newYear)).toBe(true);
  expect(await completeWebLogin(db, loginId, userCaller(alice), newYear)).toBe(true);
  expect(await isWebLoginOpen(db, loginId, newYear)).toBe(false);
  const done = await pollWebLogin(db, pollId, newYear);
  if (done.state !== 'done') throw new Error(done.state);
  const authenticator = createAuthenticator({ db, now: () => newYear });
  expect(await authenticator.authenticate({ carrier: 'token', secret: done.token })).toMatchObject({
    caller: { username: 'alice', scopes: new Set(['api']) },
  });
  expect(await pollWebLogin(db, pollId, newYear)).toEqual({ state: 'gone' });
});

test('neither secret is stored, and neither stands for the other', async () => {
  const { db } = catalogue;
  const { loginId, pollId } = await startWebLogin(db, newYear);
  const stored = JSON.stringify(await db.all('select * from web_login'));
  expect(stored).not.toContain(loginId);
  expect(stored).not.toContain(pollId);
  expect(await completeWebLogin(db, pollId, userCaller(alice), newYear)).toBe(false);
  await completeWebLogin(db, loginId, userCaller(alice), newYear);
  expect(await pollWebLogin(db, loginId, newYear)).toEqual({ state: 'gone' });
});

test('a second person can not take over, and many polls get one token', async () => {
  const { db } = catalogue;
  const bob = await catalogue.user('bob');
  const { loginId, pollId } = await startWebLogin(db, newYear);
  await completeWebLogin(db, loginId, userCaller(alice), newYear);
  expect(await completeWebLogin(db, loginId, userCaller(bob), newYear)).toBe(false);
  const polls = await Promise.all(Array.from({ length: 10 }, () => pollWebLogin(db, pollId, newYear)));
  expect(polls.filter((one) => one.state === 'done')).toHaveLength(1);
  expect(await db.all('select account_id from token')).toEqual([{ account_id: alice.id }]);
});

test('five minutes later it is gone, and swept away by the next one', async () => {
  const { db } = catalogue;
  const first = await startWebLogin(db, newYear);
  const approved = await startWebLogin(db, newYear);
  await completeWebLogin(db, approved.loginId, userCaller(alice), newYear);
  expect(await isWebLoginOpen(db, first.loginId, later)).toBe(false);
  expect(await completeWebLogin(db, first.loginId, userCaller(alice), later)).toBe(false);
  expect(await pollWebLogin(db, first.pollId, later)).toEqual({ state: 'gone' });
  expect(await pollWebLogin(db, approved.pollId, later)).toEqual({ state: 'gone' });
  await startWebLogin(db, later);
  expect(await db.all('select 1 from web_login')).toHaveLength(1);
});

test('only people with a lasting, unrestricted credential finish one, and blocked ones get nothing', async () => {
  const { db } = catalogue;
  const { loginId, pollId } = await startWebLogin(db, newYear);
  const bot = await catalogue.user('bot', { isBot: true });
  const others = [
    userCaller(alice, ['read_api']),
    { ...userCaller(alice, ['api']), expiresAt: later },
    userCaller(bot, ['api']),
    deployCaller({ projectId: 1 }, ['write_package_registry']),
  ];
  for (const caller of others) {
    await expect(completeWebLogin(db, loginId, caller, newYear)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(completeWebLogin(db, loginId, anonymous, newYear)).rejects.toMatchObject({ code: 'unauthenticated' });
  await completeWebLogin(db, loginId, userCaller(alice), newYear);
  await db.run("update account set state = 'blocked' where id = ?", [alice.id]);
  expect(await pollWebLogin(db, pollId, newYear)).toEqual({ state: 'gone' });
  expect(await db.all('select 1 from token')).toEqual([]);
});
