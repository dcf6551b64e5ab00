import { revoke } from '../../access/revoke-token.ts';
import { tokenDigest } from '../../access/token-format.ts';
import type { Token } from '../../catalog/tokens.ts';
import { findToken, findTokenByDigest } from '../../catalog/tokens.ts';
import type { Database } from '../../database/database.ts';
import type { Invocation } from '../invocation.ts';
import { CommandFailed } from '../invocation.ts';
import { withDatabase } from '../storage.ts';

export function run(invocation: Invocation<[string | undefined]>): Promise<void> {
  const { terminal } = invocation;
  const [id] = invocation.args;
  return withDatabase(invocation, async ({ database }) => {
    const token = id === undefined ? await bySecret(database, await terminal.readInput()) : await byId(database, id);
    await database.transaction((tx) => revoke(tx, 'system', token, Date.now()));
    terminal.tell(`The token ${token.id} (${token.hint}…, ${token.name}) is revoked.`);
  });
}

async function byId(database: Database, id: string): Promise<Token> {
  // A token given as an argument stands in the shell's history and in the list of processes: say so, and don't take it.
  if (!/^\d{1,15}$/.test(id)) throw new CommandFailed('Give the id of the token, or the token itself on stdin.', 2);
  const token = await findToken(database, Number(id));
  if (token === undefined) throw new CommandFailed(`There is no token with the id ${id}.`);
  return token;
}

async function bySecret(database: Database, secret: string): Promise<Token> {
  const holder = await findTokenByDigest(database, tokenDigest(secret.trim()));
  if (holder === undefined) throw new CommandFailed('There is no such token here.');
  return holder.token;
}
