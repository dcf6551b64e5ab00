import {
  type Account,
  type AccountState,
  deleteAccount,
  findAccount,
  insertAccount,
  lockAdministrators,
  updateAccount,
} from '../catalog/accounts.ts';
import { insertAudit } from '../catalog/events.ts';
import { setMembership } from '../catalog/memberships.ts';
import { createUserNamespace, deleteNamespace, updateNamespace } from '../catalog/namespace-changes.ts';
import { moveNamespace } from '../catalog/namespace-move.ts';
import { findUserNamespace } from '../catalog/namespaces.ts';
import { renewPackagesNaming } from '../catalog/people.ts';
import type { Database, Transaction } from '../database/database.ts';
import { takeLock } from '../database/locks.ts';
import { problem } from '../problems/problem.ts';
import { owner } from './caller.ts';
import { hashPassword } from './passwords.ts';

/** Who does it, for the audit trail (`actorOf(caller)`, or `system`), and when. Nothing here asks for permission. */
export interface Doing {
  readonly actor: string;
  readonly now: number;
}

export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly isAdmin?: boolean;
}

/** A user with a namespace to own projects in. `already-exists`, `invalid-parameter`. */
export async function createUser(
  db: Database,
  user: NewUser & { readonly password: string | null },
  doing: Doing,
): Promise<Account> {
  const passwordHash = user.password === null ? null : await hashPassword(user.password);
  return db.transaction((tx) => insertUser(tx, { ...user, passwordHash }, doing));
}

export async function insertUser(
  tx: Transaction,
  user: NewUser & { readonly passwordHash: string | null },
  doing: Doing,
): Promise<Account> {
  checkProfile(user);
  await takeLock(tx, 'places', 'shared');
  const account = await insertAccount(tx, user, doing.now);
  const namespace = await createUserNamespace(tx, account, doing.now);
  const membership = { accountId: account.id, accessLevel: owner, createdBy: account.id } as const;
  await setMembership(tx, { namespaceId: namespace.id }, membership, doing.now);
  await audit(tx, 'user.create', account, doing, { isAdmin: account.isAdmin });
  return account;
}

export interface UserChanges {
  /** The paths of the user's projects follow. */
  readonly username?: string;
  readonly name?: string;
  readonly email?: string | null;
  readonly isAdmin?: boolean;
}

/** `user-not-found`, `already-exists`, `invalid-parameter`; `forbidden` when no administrator would be left. */
export function updateUser(db: Database, id: number, changes: UserChanges, doing: Doing): Promise<void> {
  checkProfile(changes);
  return db.transaction(async (tx) => {
    // Locks come in the same order everywhere: the tree, then rows.
    if (changes.username !== undefined) await takeLock(tx, 'places');
    if (changes.isAdmin === false) await checkNotLastAdmin(tx, id);
    const account = await existing(tx, id);
    await updateAccount(tx, id, changes, doing.now);
    if (changes.username !== undefined || changes.email !== undefined) await renewPackagesNaming(tx, id, doing.now);
    const namespace = await findUserNamespace(tx, id);
    if (namespace !== undefined && changes.username !== undefined) {
      await moveNamespace(tx, namespace, { path: changes.username }, doing.now);
    }
    if (namespace !== undefined && changes.name !== undefined) {
      await updateNamespace(tx, namespace, { name: changes.name }, doing.now);
    }
    await audit(tx, 'user.update', account, doing, { changed: Object.keys(changes) });
  });
}

/** A blocked user's password and tokens stop working with the next request. */
export function setUserState(db: Database, id: number, state: AccountState, doing: Doing): Promise<void> {
  return db.transaction(async (tx) => {
    if (state === 'blocked') await checkNotLastAdmin(tx, id);
    const account = await existing(tx, id);
    await updateAccount(tx, id, { state }, doing.now);
    await audit(tx, state === 'blocked' ? 'user.block' : 'user.unblock', account, doing);
  });
}

/** Without asking for the old one: for administrators. Tokens and web logins stay as they are. */
export async function setPassword(db: Database, id: number, password: string, doing: Doing): Promise<void> {
  const passwordHash = await hashPassword(password);
  await db.transaction(async (tx) => {
    const account = await existing(tx, id);
    await updateAccount(tx, id, { passwordHash }, doing.now);
    await audit(tx, 'user.password', account, doing);
  });
}

/** `unprocessable` when the user still owns projects, unless `cascade`: then those go too. */
export function deleteUser(
  db: Database,
  id: number,
  options: { readonly cascade: boolean },
  doing: Doing,
): Promise<void> {
  return db.transaction(async (tx) => {
    await takeLock(tx, 'places');
    await checkNotLastAdmin(tx, id);
    const account = await existing(tx, id);
    const namespace = await findUserNamespace(tx, id);
    if (namespace !== undefined) await deleteNamespace(tx, namespace, options, doing.now);
    await renewPackagesNaming(tx, id, doing.now);
    await deleteAccount(tx, id);
    await audit(tx, 'user.delete', account, doing);
  });
}

function checkProfile({ name, email }: { readonly name?: string; readonly email?: string | null }): void {
  if (name !== undefined && (name.trim() === '' || name.length > 255 || /\p{Cc}/u.test(name))) {
    throw problem('invalid-parameter', 'name must be 1 to 255 characters, without control characters.');
  }
  if (email !== undefined && email !== null && (email.length > 254 || !/^[^\s@<>"]+@[^\s@<>"]+$/.test(email))) {
    throw problem('invalid-parameter', 'email is not an e-mail address.');
  }
}

async function existing(tx: Transaction, id: number): Promise<Account> {
  const account = await findAccount(tx, id);
  if (account === undefined || account.isBot) throw problem('user-not-found');
  return account;
}

/** Somebody must be able to let the others in again. */
async function checkNotLastAdmin(tx: Transaction, id: number): Promise<void> {
  const [first, second] = await lockAdministrators(tx, 2);
  if (first !== id || second !== undefined) return;
  throw problem('forbidden', 'This is the last administrator: appoint another one first.');
}

async function audit(
  tx: Transaction,
  action: string,
  account: Account,
  { actor, now }: Doing,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await insertAudit(tx, { actor, action, projectId: null, subject: `user:${account.username}`, details }, now);
}
