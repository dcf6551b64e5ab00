import type { Static } from 'typebox';
import { createUser, type Doing, setPassword, updateUser, type UserChanges } from '../../access/accounts.ts';
import { actorOf } from '../../access/actor.ts';
import { changePassword } from '../../access/change-password.ts';
import { checkNewPassword } from '../../access/passwords.ts';
import { type Account, findAccount } from '../../catalog/accounts.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { accountOf, isAdministrator } from '../place.ts';
import type { newUser, ownChanges, userChanges } from './schema.ts';

export function doing({ caller, now }: ApiContext): Doing {
  return { actor: actorOf(caller), now: now() };
}

export function makeUser(context: ApiContext, body: Static<typeof newUser>): Promise<Account> {
  const { username, name } = body;
  const email = textOrNull(body.email);
  const password = textOrNull(body.password);
  return createUser(
    context.database,
    { username, name, email, password, isAdmin: body.admin === true },
    doing(context),
  );
}

/** By an administrator, who needs no old password. */
export async function changeUser(context: ApiContext, id: number, body: Static<typeof userChanges>): Promise<Account> {
  if (body.password !== undefined) checkNewPassword(body.password);
  const changes: UserChanges = {
    ...profileOf(body),
    ...(body.username === undefined ? {} : { username: body.username }),
    ...(body.admin === undefined ? {} : { isAdmin: body.admin }),
  };
  await updateUser(context.database, id, changes, doing(context));
  if (body.password !== undefined) await setPassword(context.database, id, body.password, doing(context));
  return accountNow(context, id);
}

/** By the user: name, e-mail address, and the password against the old one. */
export async function changeOneself(context: ApiContext, body: Static<typeof ownChanges>): Promise<Account> {
  const caller = accountOf(context);
  if (caller.isBot) throw problem('forbidden', 'The account of a project or group token has no profile.');
  if (body.password !== undefined) {
    if (body.current_password === undefined) throw problem('invalid-parameter', 'current_password is missing');
    const passwords = { old: body.current_password, new: body.password };
    checkNewPassword(passwords.new);
    const services = { db: context.database, authenticator: context.authenticator };
    await changePassword(services, context.caller, passwords, context.now());
  }
  const changes = profileOf(body);
  if (Object.keys(changes).length > 0) await updateUser(context.database, caller.accountId, changes, doing(context));
  return accountNow(context, caller.accountId);
}

function profileOf(body: { readonly name?: string; readonly email?: string | null }) {
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.email === undefined ? {} : { email: textOrNull(body.email) }),
  };
}

/** Forms have no null: they send the empty text. */
function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** `user-not-found` when there is none. */
export async function accountNow(context: ApiContext, id: number): Promise<Account> {
  const account = await findAccount(context.database, id);
  if (account === undefined) throw problem('user-not-found');
  return account;
}

/** `true` when the caller may see everything of the account. */
export function seesAll(context: ApiContext, account: Account): boolean {
  const { caller } = context;
  return isAdministrator(context) || (caller.kind === 'user' && caller.accountId === account.id);
}
