import { listAccounts } from '../../catalog/accounts.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { printRows, shortTime } from '../table.ts';

const pageSize = 1000;

export function run(invocation: Invocation<[], { readonly search?: string }>): Promise<void> {
  const { terminal, options } = invocation;
  return withDatabase(invocation, async ({ database }) => {
    const rows = [];
    for (let offset = 0; ; offset += pageSize) {
      const { items } = await listAccounts(
        database,
        { isBot: false, search: options.search ?? '' },
        { limit: pageSize, offset, order: { by: 'id', direction: 'asc' } },
      );
      for (const { id, username, name, email, state, isAdmin, createdAt } of items) {
        rows.push({ id, username, name, email, state, admin: isAdmin, created: shortTime(createdAt) });
      }
      if (items.length < pageSize) break;
    }
    const columns = ['id', 'username', 'name', 'email', 'state', 'admin', 'created'];
    printRows(terminal, rows, { json: options.json, columns });
  });
}
