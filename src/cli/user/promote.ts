import { updateUser } from '../../access/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { doing, needUser } from './find.ts';

export function run(invocation: Invocation<[string], { readonly undo?: boolean }>): Promise<void> {
  return withDatabase(invocation, async ({ database }) => {
    const { id, username } = await needUser(database, invocation.args[0]);
    const isAdmin = invocation.options.undo !== true;
    await updateUser(database, id, { isAdmin }, doing());
    invocation.terminal.tell(`${username} is ${isAdmin ? 'an administrator now' : 'no administrator any more'}.`);
  });
}
