/** Decisions that depend on what others decide at the same time. The rounds give every order a chance. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteUser, setUserState, updateUser } from '../../src/access/accounts.ts';
import { callerOf } from '../../src/access/authenticate.ts';
import { bootstrap } from '../../src/access/bootstrap.ts';
import { owner, type UserCaller } from '../../src/access/caller.ts';
import { createPersonalToken } from '../../src/access/create-token.ts';
import { removeMember, setMember } from '../../src/access/members.ts';
import { rotateToken } from '../../src/access/rotate-token.ts';
import { completeWebLogin, pollWebLogin, startWebLogin } from '../../src/access/web-login.ts';
import { type Account, listAccounts } from '../../src/catalog/accounts.ts';
import { createGroup, deleteNamespace, updateNamespace } from '../../src/catalog/namespace-changes.ts';
import { moveNamespace } from '../../src/catalog/namespace-move.ts';
import type { Namespace } from '../../src/catalog/namespaces.ts';
import { createProject, moveProject } from '../../src/catalog/project-changes.ts';
import { Problem } from '../../src/problems/problem.ts';
import { enqueue, takeJob } from '../../src/jobs/queue.store.ts';
import { type Catalogue, newYear, openCatalogue } from '../harness/catalogue.ts';

const rounds = 8;
const doing = { actor: 'system', now: newYear };

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

/** How many of them succeeded; refusals must be ones that a client can be told. */
async function winners(all: readonly Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.allSettled(all);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Problem);
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

describe('somebody stays in charge', () => {
  const rootCaller = (root: Account): UserCaller => callerOf(root);

  test.each(['leave', 'step down'] as const)('when both owners of a group %s at once', async (how) => {
    const [ann, bob] = [await catalogue.user('ann'), await catalogue.user('bob')];
    for (let round = 0; round < rounds; round++) {
      const group = await catalogue.group(`group-${round}`);
      for (const each of [ann, bob]) await catalogue.member({ namespaceId: group.id }, each, owner);
      const go = (who: Account) =>
        how === 'leave'
          ? removeMember(catalogue.db, rootCaller(who), { group }, who.id, newYear)
          : setMember(catalogue.db, rootCaller(who), { group }, { accountId: who.id, accessLevel: 30 }, newYear);
      expect(await winners([go(ann), go(bob)])).toBe(1);
    }
  });

  test.each(['demoted', 'blocked', 'deleted'] as const)('when all administrators are %s at once', async (how) => {
    for (let round = 0; round < rounds; round++) {
      const left = await activeAdmins();
      for (let more = left.length; more < 3; more++) await catalogue.user(`admin-${round}-${more}`, { isAdmin: true });
      const admins = await activeAdmins();
      const go = ({ id }: Account): Promise<void> => {
        if (how === 'demoted') return updateUser(catalogue.db, id, { isAdmin: false }, doing);
        if (how === 'blocked') return setUserState(catalogue.db, id, 'blocked', doing);
        return deleteUser(catalogue.db, id, { cascade: false }, doing);
      };
      expect(await winners(admins.map(go))).toBe(admins.length - 1);
      expect(await activeAdmins()).toHaveLength(1);
    }
  });

  async function activeAdmins(): Promise<readonly Account[]> {
    const filter = { isAdmin: true, state: 'active' } as const;
    return (await listAccounts(catalogue.db, filter, { limit: 10, offset: 0 })).items;
  }
});

describe('the tree of groups and projects', () => {
  /** Full paths are made of the parents' paths, lineages of their ids, and the shared space of paths has the same. */
  async function expectWhole(): Promise<void> {
    const { db } = catalogue;
    const groups = await db.all<{
      id: number;
      parentId: number | null;
      path: string;
      fullPath: string;
      lineage: string;
    }>('select id, parent_id as "parentId", path, full_path as "fullPath", lineage from namespace');
    const byId = new Map(groups.map((group) => [group.id, group]));
    for (const { id, parentId, path, fullPath, lineage } of groups) {
      const parent = parentId === null ? null : byId.get(parentId);
      expect(fullPath).toBe(parent === null ? path : `${parent?.fullPath}/${path}`);
      expect(lineage).toBe(`${parent === null ? '/' : parent?.lineage}${id}/`);
    }
    const projects = await db.all<{ namespaceId: number; path: string; fullPath: string }>(
      'select namespace_id as "namespaceId", path, full_path as "fullPath" from project',
    );
    for (const { namespaceId, path, fullPath } of projects) {
      expect(fullPath).toBe(`${byId.get(namespaceId)?.fullPath}/${path}`);
    }
    const routes = (await db.all<{ key: string }>('select path_key as "key" from route')).map(({ key }) => key);
    expect(routes.sort()).toEqual([...groups, ...projects].map(({ fullPath }) => fullPath.toLowerCase()).sort());
  }

  const newProject = (namespace: Namespace, path: string, visibility: 'private' | 'public' = 'private') =>
    catalogue.db.transaction((tx) =>
      createProject(tx, { namespaceId: namespace.id, path, name: path, visibility }, newYear),
    );
  const newGroup = (parent: Namespace, path: string) =>
    catalogue.db.transaction((tx) =>
      createGroup(tx, { parentId: parent.id, path, name: path, visibility: 'private' }, newYear),
    );
  const rename = (group: Namespace, path: string) =>
    catalogue.db.transaction((tx) => moveNamespace(tx, group, { path }, newYear));

  test('stays whole when groups move while others are made below them', async () => {
    const top = await catalogue.group('top');
    const middle = await catalogue.group('top/middle');
    const project = await catalogue.project('top/middle/project');
    for (let round = 0; round < rounds; round++) {
      await winners([
        newGroup(middle, `group-${round}`),
        rename(top, `top-${round}`),
        newProject(middle, `project-${round}`),
        rename(middle, `middle-${round}`),
        catalogue.db.transaction((tx) => moveProject(tx, project, { path: `moved-${round}` }, newYear)),
        newGroup(middle, `other-${round}`),
      ]);
      await expectWhole();
    }
  });

  test('has nothing public in a group that was made private meanwhile', async () => {
    for (let round = 0; round < rounds; round++) {
      const group = await catalogue.group(`narrow-${round}`, 'public');
      const narrow = catalogue.db.transaction((tx) => updateNamespace(tx, group, { visibility: 'private' }, newYear));
      expect(await winners([narrow, newProject(group, 'open', 'public')])).toBe(1);
    }
  });

  test('loses no project that was made while its group was removed as empty', async () => {
    for (let round = 0; round < rounds; round++) {
      const group = await catalogue.group(`empty-${round}`);
      const remove = catalogue.db.transaction((tx) => deleteNamespace(tx, group, { cascade: false }, newYear));
      expect(await winners([remove, newProject(group, 'project')])).toBe(1);
      await expectWhole();
    }
  });

  test('gives a path to one of a user, a group and a renamed group', async () => {
    for (let round = 0; round < rounds; round++) {
      const path = `wanted-${round}`;
      const other = await catalogue.group(`other-${round}`);
      expect(await winners([catalogue.user(path), catalogue.group(path), rename(other, path.toUpperCase())])).toBe(1);
      await expectWhole();
    }
  });
});

describe('what is there once', () => {
  test('a web login is collected once', async () => {
    const ann = await catalogue.user('ann');
    for (let round = 0; round < rounds; round++) {
      const { loginId, pollId } = await startWebLogin(catalogue.db, newYear);
      await completeWebLogin(catalogue.db, loginId, callerOf(ann), newYear);
      const polled = await Promise.all(Array.from({ length: 6 }, () => pollWebLogin(catalogue.db, pollId, newYear)));
      expect(polled.filter(({ state }) => state === 'done')).toHaveLength(1);
    }
  });

  test('a token is rotated once', async () => {
    const caller = callerOf(await catalogue.user('ann'));
    const { token } = await createPersonalToken(catalogue.db, caller, { name: 't', scopes: ['api'] }, newYear);
    const rotate = () => rotateToken(catalogue.db, caller, token.id, {}, newYear);
    expect(await winners(Array.from({ length: 6 }, rotate))).toBe(1);
  });

  test('a job is taken once', async () => {
    for (let round = 0; round < rounds; round++) {
      await enqueue(catalogue.db, { kind: 'mail', runAt: newYear });
      const take = () => takeJob(catalogue.db, ['mail'], newYear, newYear + 60_000);
      const taken = await Promise.all(Array.from({ length: 6 }, take));
      expect(taken.filter((job) => job !== null)).toHaveLength(1);
    }
  });

  test('an instance is set up once', async () => {
    const { db } = catalogue;
    const made = await Promise.all(Array.from({ length: 4 }, () => bootstrap({ db, now: () => newYear })));
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await db.all('select id from project')).toHaveLength(1);
  });
});
