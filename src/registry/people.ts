import { permitOnProject } from '../access/permit.ts';
import { refusal } from '../access/refusal.ts';
import { findAccountNamed } from '../catalog/accounts.ts';
import { packagesStarredBy } from '../catalog/packages.ts';
import { addMaintainer, clearMaintainers, setStar } from '../catalog/people.ts';
import { problem } from '../problems/problem.ts';
import { changePackage } from './change.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { packageToChange } from './resolve.ts';
import { visibleHere } from './search.ts';

/**
 * Replaces the people named as a package's maintainers, who may publish it. Needs the right to manage the project's
 * members; each of them must exist and be able to read the project.
 */
export async function replaceMaintainers(
  binding: Binding,
  name: Name,
  usernames: readonly string[],
  ifRevision?: number,
): Promise<void> {
  const { database, now } = binding.services;
  const { project } = await packageToChange(binding, name, 'read-package');
  const verdict = await permitOnProject(database, binding.caller, 'manage-members', project, now());
  if (!verdict.allowed) throw refusal(verdict, 'project');
  const ids: number[] = [];
  for (const username of usernames) ids.push(await accountId(binding, username));
  await changePackage(binding, name, {
    action: 'read-package',
    kind: 'change',
    ifRevision,
    audit: { action: 'package.maintainers', details: { maintainers: usernames } },
    work: async ({ tx, row }) => {
      await clearMaintainers(tx, row.id);
      for (const id of ids) await addMaintainer(tx, row.id, id);
      return 1;
    },
  });
}

async function accountId(binding: Binding, username: string): Promise<number> {
  const account = await findAccountNamed(binding.services.database, username);
  if (account === undefined) throw problem('user-not-found', `There is no user ${username}.`);
  return account.id;
}

/** Stars are a person's own: reading the package is enough. */
export async function starPackage(binding: Binding, name: Name, starred: boolean): Promise<void> {
  const { caller } = binding;
  if (caller.kind !== 'user') throw problem('forbidden', 'Only people and their tokens can star packages.');
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
