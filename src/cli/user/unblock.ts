import { setUserState } from '../../access/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { doing, needUser } from './find.ts';

export function run(invocation: Invocation<[string]>): Promise<void> {
  return withDatabase(invocation, async ({ database }) => {
    const { id, username } = await needUser(database, invocation.args[0]);
    await setUserState(database, id, 'active', doing());
    invocation.terminal.tell(`Unblocked ${username}: password and tokens work again.`);
  });
}
