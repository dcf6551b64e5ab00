import { setPassword } from '../../access/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { doing, needUser } from './find.ts';
import type { PasswordOptions } from './password.ts';
import { choosePassword } from './password.ts';

export function run(invocation: Invocation<[string], PasswordOptions>): Promise<void> {
  const { terminal, options } = invocation;
  return withDatabase(invocation, async ({ database }) => {
    const { id, username } = await needUser(database, invocation.args[0]);
    const { password, generated } = await choosePassword(terminal, options);
    await setPassword(database, id, password, doing());
    if (options.json === true) {
      terminal.print(JSON.stringify({ id, username, ...(generated ? { password } : {}) }));
      return;
    }
    terminal.tell(`${username} has a new password. Tokens stay as they were.`);
    if (generated) terminal.print(password);
  });
}
