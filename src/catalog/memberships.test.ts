import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { findMembership, hasOtherOwner, listAllMembers, listMembers, removeMembership } from './memberships.ts';
import { isPackageMaintainer, roleOf } from './roles.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const page = { limit: 10, offset: 0 };

test('a role is the highest of the project and everything above; expired ones do not count', async () => {
  const { db } = catalogue;
  const a = await catalogue.group('a');
  const b = await catalogue.group('a/b');
  const project = await catalogue.project('a/b/p');
  const other = await catalogue.project('a/q');
  const user = await catalogue.user('user');
  const inProject = { lineage: project.lineage, projectId: project.id };
  const inB = { lineage: b.lineage, projectId: null };
  expect(await roleOf(db, user.id, inProject, newYear)).toBe(0);
  await catalogue.member({ projectId: project.id }, user, 20);
  expect(await roleOf(db, user.id, inProject, newYear)).toBe(20);
  expect(await roleOf(db, user.id, inB, newYear)).toBe(0);
  await catalogue.member({ namespaceId: a.id }, user, 10);
  expect(await roleOf(db, user.id, inProject, newYear)).toBe(20);
  expect(await roleOf(db, user.id, inB, newYear)).toBe(10);
  expect(await roleOf(db, user.id, { lineage: other.lineage, projectId: other.id }, newYear)).toBe(10);
  await catalogue.member({ namespaceId: b.id }, user, 40, newYear + 1);
  expect(await roleOf(db, user.id, inProject, newYear)).toBe(40);
  expect(await roleOf(db, user.id, inProject, newYear + 1)).toBe(20);
});

test('ids that look alike are not mistaken for each other', async () => {
  const { db } = catalogue;
  const user = await catalogue.user('user');
  const group = await catalogue.group('a');
  await catalogue.member({ namespaceId: group.id }, user, 40);
  const role = (lineage: string) => roleOf(db, user.id, { lineage, projectId: null }, newYear);
  expect(await role(`/9/${group.id}/8/`)).toBe(40);
  expect(await role(`/${group.id}0/`)).toBe(0);
  expect(await role(`/1${group.id}/`)).toBe(0);
});

test('lists of direct and of all members', async () => {
  const { db } = catalogue;
  const a = await catalogue.group('a');
  const project = await catalogue.project('a/p');
  const [anna, ben, carl] = [await catalogue.user('anna'), await catalogue.user('ben'), await catalogue.user('carl')];
  await catalogue.member({ namespaceId: a.id }, anna, 50);
  await catalogue.member({ projectId: project.id }, anna, 20);
  await catalogue.member({ projectId: project.id }, ben, 30, newYear + 9);
  await catalogue.member({ projectId: project.id }, carl, 30, newYear - 1);
  const brief = ({ items }: Awaited<ReturnType<typeof listMembers>>) =>
    items.map(
      (member) => `${member.username} ${member.accessLevel} ${member.projectId === null ? 'group' : 'project'}`,
    );
  const direct = await listMembers(db, { projectId: project.id }, page, newYear);
  expect(brief(direct)).toEqual(['anna 20 project', 'ben 30 project']);
  expect(direct.items[1]).toEqual({
    accountId: ben.id,
    username: 'ben',
    name: 'ben',
    email: 'ben@example.com',
    state: 'active',
    isBot: false,
    accessLevel: 30,
    expiresAt: newYear + 9,
    createdAt: newYear,
    createdBy: null,
    projectId: project.id,
    namespaceId: null,
  });
  const place = { lineage: project.lineage, projectId: project.id };
  const all = await listAllMembers(db, place, page, newYear);
  expect(brief(all)).toEqual(['anna 50 group', 'ben 30 project']);
  expect(all.total).toBe(2);
  expect(brief(await listAllMembers(db, place, { limit: 1, offset: 1 }, newYear))).toEqual(['ben 30 project']);
  expect(brief(await listAllMembers(db, place, { ...page, search: 'AN' }, newYear))).toEqual(['anna 50 group']);
  expect(brief(await listAllMembers(db, place, { ...page, accountId: ben.id }, newYear))).toEqual(['ben 30 project']);
  expect(brief(await listAllMembers(db, { ...place, projectId: null }, page, newYear))).toEqual(['anna 50 group']);
});

test('setting twice changes, removing ends', async () => {
  const { db } = catalogue;
  const a = await catalogue.group('a');
  const user = await catalogue.user('user');
  await catalogue.member({ namespaceId: a.id }, user, 50);
  expect(await hasOtherOwner(db, a.id, 0, newYear)).toBe(true);
  expect(await hasOtherOwner(db, a.id, user.id, newYear)).toBe(false);
  await catalogue.member({ namespaceId: a.id }, user, 30);
  expect(await findMembership(db, { namespaceId: a.id }, user.id)).toMatchObject({ accessLevel: 30 });
  expect(await hasOtherOwner(db, a.id, 0, newYear)).toBe(false);
  expect(await removeMembership(db, { namespaceId: a.id }, user.id)).toBe(1);
  expect(await removeMembership(db, { namespaceId: a.id }, user.id)).toBe(0);
  expect(await findMembership(db, { namespaceId: a.id }, user.id)).toBeUndefined();
});

test('maintainers of a package', async () => {
  const { db } = catalogue;
  await catalogue.group('a');
  const project = await catalogue.project('a/p');
  const user = await catalogue.user('user');
  const row = await db.get<{ id: number }>(
    `insert into package (project_id, format, name_key, name, search_text, revision, created_at, updated_at)
     values (?, 'npm', 'x', 'x', 'x', 1, 0, 0) returning id`,
    [project.id],
  );
  const id = row?.id ?? 0;
  expect(await isPackageMaintainer(db, id, user.id)).toBe(false);
  await db.run('insert into maintainer (package_id, account_id) values (?, ?)', [id, user.id]);
  expect(await isPackageMaintainer(db, id, user.id)).toBe(true);
});
