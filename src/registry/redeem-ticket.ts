import { callerOf, callerOfToken } from '../access/authenticate.ts';
import type { Caller, DeployTokenCaller, UserCaller } from '../access/caller.ts';
import { findAccount } from '../catalog/accounts.ts';
import { findToken } from '../catalog/tokens.ts';
import type { Session } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { TicketHolder } from './download-tickets.ts';
import type { StoredFile } from './model.ts';
import type { Binding } from './mount.ts';

/** The number of files that lie in no project. */
const elsewhere = 0;

/** A ticket for the caller of this request; `null` when there is nobody whose rights it could carry. */
export function issueTicket({ services, caller }: Binding, file: StoredFile | null, path: string): string | null {
  if (caller.kind === 'anonymous') return null;
  return services.tickets.issue({ fileId: file?.id ?? elsewhere, holder: holderOf(caller) }, path, services.now());
}

function holderOf(caller: UserCaller | DeployTokenCaller): TicketHolder {
  return caller.kind === 'user' && caller.tokenId === null
    ? { account: caller.accountId }
    : { token: caller.tokenId ?? 0 };
}

/**
 * The file of a ticket, found with its holder's rights as they are now: a token that was revoked meanwhile, or a role that
 * was taken away, opens nothing.
 */
export async function redeemTicket(
  binding: Binding,
  ticket: string,
  path: string,
  find: (binding: Binding) => Promise<StoredFile>,
): Promise<StoredFile> {
  const { tickets, database, now } = binding.services;
  const known = tickets.check(ticket, path, now());
  const caller = known === null ? null : await callerBehind(database, known.holder, now());
  if (known === null || caller === null) throw refused();
  const opened = binding.reopen === undefined ? { caller } : await binding.reopen(caller);
  const file = await find({ ...binding, ...opened });
  if (file.id !== known.fileId) throw refused();
  return file;
}

async function callerBehind(session: Session, holder: TicketHolder, now: number): Promise<Caller | null> {
  if ('account' in holder) {
    const account = await findAccount(session, holder.account);
    return account?.state === 'active' ? callerOf(account) : null;
  }
  const token = await findToken(session, holder.token);
  if (token === undefined || (token.expiresAt !== null && token.expiresAt <= now)) return null;
  const account = token.accountId === null ? undefined : await findAccount(session, token.accountId);
  return callerOfToken({ token, account: account ?? null });
}

function refused(): Error {
  return problem('unauthenticated', 'The download link has expired, or is for another file: ask for a new one.');
}
