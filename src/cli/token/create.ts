import { mint } from '../../access/create-token.ts';
import { checkExpiry, checkScopes, checkTokenName } from '../../access/token-limits.ts';
import type { Invocation } from '../invocation.ts';
import { CommandFailed } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { needUser } from '../user/find.ts';

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly string[];
  readonly expires?: string;
}

export function run(invocation: Invocation<[string], CreateOptions>): Promise<void> {
  const { terminal, options } = invocation;
  return withDatabase(invocation, async ({ database }) => {
    const now = Date.now();
    const account = await needUser(database, invocation.args[0]);
    const content = {
      kind: 'personal',
      name: checkTokenName(options.name),
      scopes: checkScopes('personal', options.scope),
      expiresAt: checkExpiry(endOf(options.expires), null, now),
      createdBy: null,
      accountId: account.id,
      username: null,
      namespaceId: null,
      projectId: null,
    } as const;
    const { secret, token } = await database.transaction((tx) => mint(tx, 'system', content, now));
    if (options.json === true) {
      const { id, name, scopes, expiresAt } = token;
      terminal.print(JSON.stringify({ id, token: secret, name, scopes, expiresAt }));
      return;
    }
    terminal.tell(`Created the token ${token.id} for ${account.username}; it can't be shown again:`);
    terminal.print(secret);
  });
}

/** A token is valid until its last day is over, in UTC. */
function endOf(day: string | undefined): number | null {
  if (day === undefined) return null;
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(day)) {
    throw new CommandFailed(`--expires must be a date such as 2027-12-31, which ${day} is not.`, 2);
  }
  return start + 24 * 3_600_000;
}
