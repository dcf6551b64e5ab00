/** A migrated database with people, groups and projects, for tests of single rooms. */
import { insertAccount, type Account } from '../../src/catalog/accounts.ts';
import type { AccessLevel } from '../../src/catalog/access-level.ts';
import { setMembership, type MembershipTarget } from '../../src/catalog/memberships.ts';
import { createGroup, createUserNamespace } from '../../src/catalog/namespace-changes.ts';
import { findNamespace, type Namespace } from '../../src/catalog/namespaces.ts';
import { createProject } from '../../src/catalog/project-changes.ts';
import { findProject, type Project } from '../../src/catalog/projects.ts';
import type { PackagesAccess, Visibility } from '../../src/catalog/visibility.ts';
import type { Database } from '../../src/database/database.ts';
import { takeLock } from '../../src/database/locks.ts';
import { openFreshDatabase } from './engine.ts';

/** 2030-01-01T00:00:00Z: the time it is in these tests unless they say otherwise. */
export const newYear = Date.UTC(2030, 0, 1);

export interface Catalogue {
  readonly db: Database;
  user(username: string, options?: { isAdmin?: boolean; isBot?: boolean; passwordHash?: string }): Promise<Account>;
  /** `a/b` below the group `a`, which must exist. */
  group(fullPath: string, visibility?: Visibility): Promise<Namespace>;
  project(fullPath: string, visibility?: Visibility, packagesAccess?: PackagesAccess): Promise<Project>;
  member(target: MembershipTarget, account: Account, accessLevel: AccessLevel, expiresAt?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openCatalogue(): Promise<Catalogue> {
  const db = await openFreshDatabase();
  const parentOf = async (fullPath: string) => {
    const cut = fullPath.lastIndexOf('/');
    const parent = cut < 0 ? undefined : await findNamespace(db, fullPath.slice(0, cut));
    return { parentId: parent?.id ?? null, path: fullPath.slice(cut + 1) };
  };
  return {
    db,
    user: (username, options = {}) =>
      db.transaction(async (tx) => {
        await takeLock(tx, 'places', 'shared');
        const wanted = { username, name: username, email: `${username}@example.com`, passwordHash: null, ...options };
        const account = await insertAccount(tx, wanted, newYear);
        if (!account.isBot) await createUserNamespace(tx, account, newYear);
        return account;
      }),
    group: async (fullPath, visibility = 'private') => {
      const { parentId, path } = await parentOf(fullPath);
      return db.transaction((tx) => createGroup(tx, { parentId, path, name: path, visibility }, newYear));
    },
    project: async (fullPath, visibility = 'private', packagesAccess = 'enabled') => {
      const { parentId, path } = await parentOf(fullPath);
      const wanted = { namespaceId: parentId ?? 0, path, name: path, visibility, packagesAccess };
      const { id } = await db.transaction((tx) => createProject(tx, wanted, newYear));
      const project = await findProject(db, id);
      if (project === undefined) throw new Error(`${fullPath} is missing`);
      return project;
    },
    member: (target, account, accessLevel, expiresAt) =>
      db.transaction((tx) =>
        setMembership(
          tx,
          target,
          { accountId: account.id, accessLevel, expiresAt: expiresAt ?? null, createdBy: null },
          newYear,
        ),
      ),
    close: () => db.close(),
  };
}
