import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userCaller } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { findAccount, findAccountNamed } from '../catalog/accounts.ts';
import { findNamespace } from '../catalog/namespaces.ts';
import { findProject } from '../catalog/projects.ts';
import { createUser, deleteUser, setUserState, updateUser } from './accounts.ts';
import { createAuthenticator } from './authenticate.ts';
import { changePassword } from './change-password.ts';
import { permitOnProject } from './permit.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const doing = { actor: 'user:root', now: newYear };
const alice = { username: 'Alice', name: 'Alice', email: 'a@example.com', password: 'long enough' };

test('a user owns a namespace and the projects in it', async () => {
  const { db } = catalogue;
  const account = await createUser(db, alice, doing);
  expect(await findNamespace(db, 'alice')).toMatchObject({ kind: 'user', ownerId: account.id });
  const project = await catalogue.project('alice/own');
  expect(await permitOnProject(db, userCaller(account), 'remove-project', project, newYear)).toEqual({ allowed: true });
  const authenticator = createAuthenticator({ db, now: () => newYear });
  expect(await authenticator.signIn('alice', 'long enough')).toEqual(account);
  const [event] = await db.all('select actor, action, subject from audit_event');
  expect(event).toEqual({ actor: 'user:root', action: 'user.create', subject: 'user:Alice' });
});

test.each([
  ['a reserved user name', { username: 'admin' }, 'invalid-parameter'],
  ['a user name that is a path', { username: 'a/b' }, 'invalid-parameter'],
  ['a group with that path', { username: 'acme' }, 'already-exists'],
  ['a user of that name', { username: 'BOB' }, 'already-exists'],
  ['a short password', { password: '1234567' }, 'invalid-parameter'],
  ['an empty name', { name: ' ' }, 'invalid-parameter'],
  ['an address without @', { email: 'nowhere' }, 'invalid-parameter'],
  ['an address with a line break', { email: 'a@b\nc' }, 'invalid-parameter'],
])('%s is refused and leaves nothing', async (_, more, code) => {
  await catalogue.group('acme');
  await catalogue.user('bob');
  await expect(createUser(catalogue.db, { ...alice, ...more }, doing)).rejects.toMatchObject({ code });
  expect(await catalogue.db.all('select 1 from account')).toHaveLength(1);
  expect(await catalogue.db.all('select 1 from audit_event')).toEqual([]);
});

test('a new user name moves the projects along', async () => {
  const { db } = catalogue;
  const { id } = await createUser(db, alice, doing);
  const project = await catalogue.project('alice/own');
  await updateUser(db, id, { username: 'bella', email: null }, doing);
  expect(await findAccountNamed(db, 'bella')).toMatchObject({ id, email: null, name: 'Alice' });
  expect(await findProject(db, 'bella/own')).toMatchObject({ id: project.id });
  await catalogue.group('acme');
  await expect(updateUser(db, id, { username: 'acme' }, doing)).rejects.toMatchObject({ code: 'already-exists' });
  expect(await findAccountNamed(db, 'bella')).toMatchObject({ id });
});

test('somebody stays administrator', async () => {
  const { db } = catalogue;
  const root = await createUser(db, { ...alice, username: 'boss', isAdmin: true }, doing);
  const last = { code: 'forbidden' };
  await expect(setUserState(db, root.id, 'blocked', doing)).rejects.toMatchObject(last);
  await expect(updateUser(db, root.id, { isAdmin: false }, doing)).rejects.toMatchObject(last);
  await expect(deleteUser(db, root.id, { cascade: true }, doing)).rejects.toMatchObject(last);
  const second = await createUser(db, { ...alice, username: 'second', isAdmin: true }, doing);
  await setUserState(db, root.id, 'blocked', doing);
  await expect(setUserState(db, second.id, 'blocked', doing)).rejects.toMatchObject(last);
});

test('a user goes when no project is left, or with all of them', async () => {
  const { db } = catalogue;
  const { id } = await createUser(db, alice, doing);
  const project = await catalogue.project('alice/own');
  await expect(deleteUser(db, id, { cascade: false }, doing)).rejects.toMatchObject({ code: 'unprocessable' });
  await deleteUser(db, id, { cascade: true }, doing);
  expect(await findAccount(db, id)).toBeUndefined();
  expect(await findProject(db, project.id)).toBeUndefined();
  expect(await findNamespace(db, 'alice')).toBeUndefined();
  await expect(deleteUser(db, id, { cascade: false }, doing)).rejects.toMatchObject({ code: 'user-not-found' });
});

describe('changing the own password', () => {
  test('asks for the old one, and ends it', async () => {
    const { db } = catalogue;
    const account = await createUser(db, alice, doing);
    const authenticator = createAuthenticator({ db, now: () => newYear });
    const change = (caller: Parameters<typeof changePassword>[1], old: string, next: string) =>
      changePassword({ db, authenticator }, caller, { old, new: next }, newYear);
    const caller = userCaller(account);
    await expect(change(caller, 'not this one', 'another one')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(change(caller, 'long enough', 'short')).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(change({ kind: 'anonymous' }, 'long enough', 'another one')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(change(userCaller(account, ['read_api']), 'long enough', 'another one')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await change(caller, 'long enough', 'another one');
    expect(await authenticator.signIn('alice', 'long enough')).toBeNull();
    expect(await authenticator.signIn('alice', 'another one')).toMatchObject({ id: account.id });
  });
});
