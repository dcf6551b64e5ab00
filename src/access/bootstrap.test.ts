import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { freshDatabase } from '../../test/harness/engine.ts';
import { findProject } from '../catalog/projects.ts';
import { openDatabase } from '../database/connect.ts';
import { createAuthenticator } from './authenticate.ts';
import { bootstrap } from './bootstrap.ts';
import { permitOnProject } from './permit.ts';
import { looksLikeToken } from './token-format.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const now = () => newYear;

test('the first start makes root, a token and a first project, once', async () => {
  const { db } = catalogue;
  const made = await bootstrap({ db, now });
  if (!made.created) throw new Error('not created');
  expect(looksLikeToken(made.token)).toBe(true);
  expect(made.password.length).toBeGreaterThanOrEqual(16);
  const authenticator = createAuthenticator({ db, now });
  const byToken = await authenticator.authenticate({ carrier: 'token', secret: made.token });
  expect(byToken).toMatchObject({
    caller: { accountId: 1, username: 'root', isAdmin: true, scopes: new Set(['api']), expiresAt: null },
  });
  expect(await authenticator.signIn('root', made.password)).toMatchObject({ id: 1, isAdmin: true });
  const project = await findProject(db, 'root/packages');
  expect(project).toMatchObject({ id: 1, visibility: 'private', packagesAccess: 'enabled' });
  if (!('caller' in byToken) || project === undefined) throw new Error('no root');
  expect(await permitOnProject(db, byToken.caller, 'delete-package', project, newYear)).toEqual({ allowed: true });
  expect(await bootstrap({ db, now })).toEqual({ created: false });
  expect(await db.all('select 1 from token')).toHaveLength(1);
  expect(await db.all('select actor, action, subject from audit_event order by id')).toEqual([
    { actor: 'system', action: 'user.create', subject: 'user:root' },
    { actor: 'system', action: 'project.create', subject: 'project:root/packages' },
    { actor: 'system', action: 'token.create', subject: 'token:1' },
  ]);
});

test('password and token can be chosen', async () => {
  const { db } = catalogue;
  const chosen = { rootPassword: 'a chosen password', rootToken: 'a-chosen-token-of-20+' };
  expect(await bootstrap({ db, now, ...chosen })).toEqual({
    created: true,
    password: chosen.rootPassword,
    token: chosen.rootToken,
  });
  const authenticator = createAuthenticator({ db, now });
  expect(await authenticator.authenticate({ carrier: 'token', secret: chosen.rootToken })).toHaveProperty('caller');
  expect(await authenticator.signIn('ROOT', chosen.rootPassword)).toMatchObject({ username: 'root' });
});

test('a poor choice stops the start and leaves the next one free', async () => {
  const { db } = catalogue;
  await expect(bootstrap({ db, now, rootToken: 'short' })).rejects.toThrow('20 characters');
  await expect(bootstrap({ db, now, rootPassword: 'short' })).rejects.toThrow('too short');
  expect(await bootstrap({ db, now })).toMatchObject({ created: true });
});

test('of two processes that start at once, one does it', async () => {
  const { url, drop } = await freshDatabase();
  const databases = [await openDatabase(url), await openDatabase(url)];
  const outcomes = await Promise.all(databases.map((db) => bootstrap({ db, now })));
  expect(outcomes.filter((one) => one.created)).toHaveLength(1);
  expect(await databases[0]!.all('select 1 from account')).toHaveLength(1);
  expect(await databases[1]!.all('select 1 from project')).toHaveLength(1);
  for (const db of databases) await db.close();
  await drop();
});
