import { callerOf } from '../access/authenticate.ts';
import { permitOnProject } from '../access/permit.ts';
import { refusal } from '../access/refusal.ts';
import { lacksScope, mayUse } from '../access/scopes.ts';
import { type Account, findAccountNamed } from '../catalog/accounts.ts';
import { packagesStarredBy } from '../catalog/packages.ts';
import { maintainersOf, setMaintainers, setStar } from '../catalog/people.ts';
import type { Project } from '../catalog/projects.ts';
import { problem } from '../problems/problem.ts';
import { changePackage } from './change.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { packageToChange } from './resolve.ts';
import { visibleHere } from './search.ts';

/**
 * Replaces the people named as a package's maintainers, who may publish it. Needs the right to manage the project's
 * members; each of them must exist, and newcomers must be able to read the project.
 */
export async function replaceMaintainers(
  binding: Binding,
  name: Name,
  usernames: readonly string[],
  ifRevision?: number,
): Promise<void> {
  const { database, now } = binding.services;
  const { project, row: known } = await packageToChange(binding, name, 'read-package');
  const verdict = await permitOnProject(database, binding.caller, 'manage-members', project, now());
  if (!verdict.allowed) throw refusal(verdict, 'project');
  const before = new Set((await maintainersOf(database, known.id)).map((person) => person.username));
  const ids: number[] = [];
  for (const username of usernames) {
    const account = await accountNamed(binding, username);
    if (!before.has(account.username)) await checkCanRead(binding, account, project);
    ids.push(account.id);
  }
  await changePackage(binding, name, {
    action: 'read-package',
    kind: 'change',
    ifRevision,
    audit: { action: 'package.maintainers', details: { maintainers: usernames } },
    work: async ({ tx, row }) => {
      await setMaintainers(tx, row.id, ids);
      return 1;
    },
  });
}

async function accountNamed({ services }: Binding, username: string): Promise<Account> {
  const account = await findAccountNamed(services.database, username);
  if (account === undefined) throw problem('user-not-found', `There is no user ${username}.`);
  return account;
}

/** Somebody who can't see the package could not publish it either: better said now. */
async function checkCanRead({ services }: Binding, account: Account, project: Project): Promise<void> {
  const { database, now } = services;
  const verdict = await permitOnProject(database, callerOf(account), 'read-package', project, now());
  if (verdict.allowed) return;
  throw problem(
    'unprocessable',
    `${account.username} can not read ${project.fullPath}: add ${account.username} to its members first, Guest is enough.`,
  );
}

/** Stars are a person's own: reading the package is enough, with a token that may write. */
export async function starPackage(binding: Binding, name: Name, starred: boolean): Promise<void> {
  const { caller } = binding;
  if (caller.kind !== 'user') throw problem('forbidden', 'Only people and their tokens can star packages.');
  if (!mayUse(caller, 'write-packages')) throw problem('forbidden', lacksScope('write-packages'));
  await changePackage(binding, name, {
    action: 'read-package',
    kind: 'change',
    audit: { action: starred ? 'package.star' : 'package.unstar' },
    work: ({ tx, row }) => setStar(tx, row.id, caller.accountId, starred),
  });
}

/** Names of packages of this mount that somebody starred, as far as the caller may see them. */
export async function starredBy(binding: Binding, username: string): Promise<readonly string[]> {
  const { database } = binding.services;
  const account = await findAccountNamed(database, username);
  if (account === undefined) return [];
  const rows = await packagesStarredBy(database, binding.format.id, account.id, visibleHere(binding));
  return [...new Set(rows.map((row) => row.name))];
}
