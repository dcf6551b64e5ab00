import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import {
  deleteAccount,
  findAccount,
  findAccountNamed,
  findPassword,
  insertAccount,
  listAccounts,
  updateAccount,
} from './accounts.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const alice = { username: 'Alice', name: 'Alice A.', email: 'alice@example.com', passwordHash: 'a hash' };

test('an account is found by id and, ignoring case, by user name, without its password', async () => {
  const { db } = catalogue;
  const made = await insertAccount(db, alice, newYear);
  expect(made).toEqual({
    id: made.id,
    username: 'Alice',
    name: 'Alice A.',
    email: 'alice@example.com',
    state: 'active',
    isAdmin: false,
    isBot: false,
    createdAt: newYear,
    updatedAt: newYear,
  });
  expect(await findAccount(db, made.id)).toEqual(made);
  expect(await findAccountNamed(db, 'aLICE')).toEqual(made);
  expect(await findPassword(db, 'alice')).toEqual({ account: made, passwordHash: 'a hash' });
  expect(await findAccountNamed(db, 'bob')).toBeUndefined();
  expect(await findPassword(db, 'bob')).toBeUndefined();
});

test('a user name is unique ignoring case', async () => {
  const { db } = catalogue;
  await insertAccount(db, alice, newYear);
  await expect(insertAccount(db, { ...alice, username: 'ALICE' }, newYear)).rejects.toMatchObject({
    code: 'already-exists',
  });
  const bob = await insertAccount(db, { ...alice, username: 'bob' }, newYear);
  await expect(updateAccount(db, bob.id, { username: 'alice' }, newYear)).rejects.toMatchObject({
    code: 'already-exists',
  });
});

test('changes touch what they name', async () => {
  const { db } = catalogue;
  const { id } = await insertAccount(db, alice, newYear);
  expect(await updateAccount(db, id, { email: null, isAdmin: true, state: 'blocked' }, newYear + 1)).toBe(1);
  expect(await findAccount(db, id)).toMatchObject({ name: 'Alice A.', email: null, isAdmin: true, state: 'blocked' });
  expect((await findPassword(db, 'alice'))?.passwordHash).toBe('a hash');
  expect(await updateAccount(db, 999, { name: 'x' }, newYear)).toBe(0);
  await deleteAccount(db, id);
  expect(await findAccount(db, id)).toBeUndefined();
});

test('lists search literally, filter, sort and count', async () => {
  const { db } = catalogue;
  for (const [username, name] of [
    ['anna', 'Zoe'],
    ['ben_1', 'Ben'],
    ['benx1', 'Ann'],
    ['carl', '100%'],
  ] as const) {
    await insertAccount(db, { username, name, email: null, passwordHash: null, isBot: username === 'carl' }, newYear);
  }
  const names = async (...filter: Parameters<typeof listAccounts> extends [unknown, ...infer Rest] ? Rest : never) => {
    const { items, total } = await listAccounts(db, ...filter);
    return [items.map((account) => account.username), total];
  };
  const all = { limit: 10, offset: 0 };
  expect(await names({ search: 'ANN' }, all)).toEqual([['anna', 'benx1'], 2]);
  expect(await names({ search: 'n_1' }, all)).toEqual([['ben_1'], 1]);
  expect(await names({ search: '%' }, all)).toEqual([['carl'], 1]);
  expect(await names({ isBot: false }, { ...all, order: { by: 'name', direction: 'desc' } })).toEqual([
    ['anna', 'ben_1', 'benx1'],
    3,
  ]);
  expect(await names({}, { limit: 2, offset: 1 })).toEqual([['ben_1', 'benx1'], 4]);
  expect(await names({}, { limit: 2, offset: 9 })).toEqual([[], 4]);
  expect(await names({ username: 'ANNA', state: 'active' }, all)).toEqual([['anna'], 1]);
});
