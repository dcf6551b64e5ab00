import { setUserState } from '../../access/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { doing, needUser } from './find.ts';

export function run(invocation: Invocation<[string]>): Promise<void> {
  return withDatabase(invocation, async ({ database }) => {
    const { id, username } = await needUser(database, invocation.args[0]);
    await setUserState(database, id, 'blocked', doing());
    invocation.terminal.tell(`Blocked ${username}: neither password nor tokens work from now on.`);
  });
}
