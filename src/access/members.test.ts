import { afterEach, beforeEach, expect, test } from 'vitest';
import { userCaller } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import type { Account } from '../catalog/accounts.ts';
import { findMembership } from '../catalog/memberships.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import type { Project } from '../catalog/projects.ts';
import { anonymous } from './caller.ts';
import { removeMember, setMember } from './members.ts';

let catalogue: Catalogue;
let group: Namespace;
let project: Project;
let owner: Account;
let maintainer: Account;
let newcomer: Account;

beforeEach(async () => {
  catalogue = await openCatalogue();
  group = await catalogue.group('acme');
  project = await catalogue.project('acme/app');
  [owner, maintainer, newcomer] = [
    await catalogue.user('owner'),
    await catalogue.user('maintainer'),
    await catalogue.user('newcomer'),
  ];
  await catalogue.member({ namespaceId: group.id }, owner, 50);
  await catalogue.member({ projectId: project.id }, maintainer, 40);
});
afterEach(() => catalogue.close());

const level = async (account: Account) =>
  (await findMembership(catalogue.db, { projectId: project.id }, account.id))?.accessLevel;
const set = (by: Account, whom: Account, accessLevel: 10 | 40 | 50, of: 'project' | 'group' = 'project') =>
  setMember(
    catalogue.db,
    userCaller(by),
    of === 'project' ? { project } : { group },
    { accountId: whom.id, accessLevel },
    newYear,
  );
const forbidden = { code: 'forbidden' };

test('a maintainer gives roles up to the own', async () => {
  await set(maintainer, newcomer, 10);
  expect(await level(newcomer)).toBe(10);
  await set(maintainer, newcomer, 40);
  expect(await level(newcomer)).toBe(40);
  await expect(set(maintainer, newcomer, 50)).rejects.toMatchObject(forbidden);
  await expect(set(maintainer, maintainer, 50)).rejects.toMatchObject(forbidden);
  await set(owner, newcomer, 50);
  await expect(set(maintainer, newcomer, 10)).rejects.toMatchObject(forbidden);
  await expect(
    removeMember(catalogue.db, userCaller(maintainer), { project }, newcomer.id, newYear),
  ).rejects.toMatchObject(forbidden);
  expect(await level(newcomer)).toBe(50);
});

test('others give none, whatever their scopes', async () => {
  await catalogue.member({ projectId: project.id }, newcomer, 30);
  await expect(set(newcomer, newcomer, 40)).rejects.toMatchObject(forbidden);
  await expect(set(maintainer, newcomer, 10, 'group')).rejects.toMatchObject(forbidden);
  const readOnly = userCaller(maintainer, ['read_api']);
  const wanted = { accountId: newcomer.id, accessLevel: 10 } as const;
  await expect(setMember(catalogue.db, readOnly, { project }, wanted, newYear)).rejects.toMatchObject(forbidden);
  await expect(setMember(catalogue.db, anonymous, { project }, wanted, newYear)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  const stranger = userCaller(await catalogue.user('stranger'));
  await expect(setMember(catalogue.db, stranger, { project }, wanted, newYear)).rejects.toMatchObject({
    code: 'project-not-found',
  });
  expect(await level(newcomer)).toBe(30);
});

test('only people become members', async () => {
  const bot = await catalogue.user('bot', { isBot: true });
  await expect(set(owner, bot, 10)).rejects.toMatchObject({ code: 'user-not-found' });
  await expect(set(owner, { ...bot, id: 999 }, 10)).rejects.toMatchObject({ code: 'user-not-found' });
});

test('a group keeps an owner', async () => {
  const leave = (who: Account) => removeMember(catalogue.db, userCaller(who), { group }, who.id, newYear);
  await expect(leave(owner)).rejects.toMatchObject(forbidden);
  await expect(set(owner, owner, 40, 'group')).rejects.toMatchObject(forbidden);
  const until = { accountId: owner.id, accessLevel: 50, expiresAt: newYear + 1 } as const;
  await expect(setMember(catalogue.db, userCaller(owner), { group }, until, newYear)).rejects.toMatchObject(forbidden);
  await set(owner, newcomer, 50, 'group');
  await leave(owner);
  await expect(leave(owner)).rejects.toMatchObject({ code: 'group-not-found' });
});

test('everyone may leave, and only those who are there', async () => {
  const leave = (who: Account) => removeMember(catalogue.db, userCaller(who), { project }, who.id, newYear);
  await set(maintainer, newcomer, 10);
  await leave(newcomer);
  expect(await level(newcomer)).toBeUndefined();
  await expect(leave(newcomer)).rejects.toMatchObject({ code: 'project-not-found' });
});
