import { createUser } from '../../access/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { doing } from './find.ts';
import type { PasswordOptions } from './password.ts';
import { choosePassword } from './password.ts';

interface CreateOptions extends PasswordOptions {
  readonly name?: string;
  readonly email?: string;
  readonly admin?: boolean;
}

export function run(invocation: Invocation<[string], CreateOptions>): Promise<void> {
  const { terminal, options } = invocation;
  const [username] = invocation.args;
  return withDatabase(invocation, async ({ database }) => {
    const { password, generated } = await choosePassword(terminal, options);
    const profile = { username, name: options.name ?? username, email: options.email ?? null };
    const wanted = { ...profile, isAdmin: options.admin === true, password };
    const { id } = await createUser(database, wanted, doing());
    if (options.json === true) {
      terminal.print(JSON.stringify({ id, username, ...(generated ? { password } : {}) }));
      return;
    }
    terminal.tell(`Created the user ${username} (id ${id}).`);
    if (generated) terminal.print(password);
  });
}
