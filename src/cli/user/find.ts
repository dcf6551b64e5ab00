import type { Account } from '../../catalog/accounts.ts';
import { findAccountNamed } from '../../catalog/accounts.ts';
import type { Session } from '../../database/database.ts';
import { CommandFailed } from '../invocation.ts';

/** The person of that name; bots behind tokens are nobody's to change here. */
export async function needUser(session: Session, username: string): Promise<Account> {
  const account = await findAccountNamed(session, username);
  if (account === undefined || account.isBot) throw new CommandFailed(`There is no user named ${username}.`);
  return account;
}

/** How the audit trail names what the command line did. */
export function doing(now = Date.now()): { readonly actor: string; readonly now: number } {
  return { actor: 'system', now };
}
