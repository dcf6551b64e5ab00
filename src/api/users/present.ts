import type { Account } from '../../catalog/accounts.ts';
import { findUserNamespace } from '../../catalog/namespaces.ts';
import type { ApiContext } from '../context.ts';
import { isoTime } from '../times.ts';

/** What everybody who signed in may know of a user. */
export function presentUser(account: Account, origin: string) {
  return {
    id: account.id,
    username: account.username,
    name: account.name,
    state: account.state,
    locked: false,
    avatar_url: null,
    web_url: `${origin}/${account.username}`,
    bot: account.isBot,
    created_at: isoTime(account.createdAt),
  };
}

/** What the user and administrators see besides. */
export async function presentFullUser(context: ApiContext, account: Account) {
  const namespace = await findUserNamespace(context.database, account.id);
  return {
    ...presentUser(account, context.origin),
    email: account.email,
    is_admin: account.isAdmin,
    namespace_id: namespace?.id ?? null,
    can_create_group: !account.isBot,
    can_create_project: true,
    two_factor_enabled: false,
    external: false,
  };
}
