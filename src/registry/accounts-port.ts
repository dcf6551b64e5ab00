import { updateUser } from '../access/accounts.ts';
import { actorOf } from '../access/actor.ts';
import { callerOf } from '../access/authenticate.ts';
import type { UserCaller } from '../access/caller.ts';
import { changePassword } from '../access/change-password.ts';
import { createPersonalToken } from '../access/create-token.ts';
import { revokeSecret, revokeToken } from '../access/revoke-token.ts';
import { lacksScope, mayUse } from '../access/scopes.ts';
import { pollWebLogin, startWebLogin } from '../access/web-login.ts';
import { type Account, findAccount, findAccountNamed } from '../catalog/accounts.ts';
import { listTokens, type Token } from '../catalog/tokens.ts';
import type { AccountsPort, AccountView, TokenView } from '../formats/format.ts';
import { problem } from '../problems/problem.ts';
import { collaboratorsOf, groupMembers, removeGroupMember, setGroupMember } from './group-members.ts';
import type { Binding } from './mount.ts';

type ProfileChange = Parameters<AccountsPort['updateMe']>[0];
type WantedToken = Parameters<AccountsPort['createToken']>[1];

/** Accounts, tokens and membership as package clients have commands for them, for one caller. */
export class AccountsOfCaller implements AccountsPort {
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  async find(username: string): Promise<AccountView | null> {
    const account = await findAccountNamed(this.#binding.services.database, username);
    if (account === undefined) return null;
    return this.#mayKnowAddress(account) ? accountView(account) : { ...accountView(account), email: null };
  }

  async me(): Promise<AccountView> {
    const user = this.#user();
    if (!mayUse(user, 'read-account')) throw problem('forbidden', lacksScope('read-account'));
    const account = await findAccount(this.#binding.services.database, user.accountId);
    if (account === undefined) throw problem('unauthenticated');
    return accountView(account);
  }

  async updateMe({ name, email, password }: ProfileChange): Promise<AccountView> {
    const { database, authenticator, now } = this.#binding.services;
    const user = this.#user();
    if (!mayUse(user, 'write')) throw problem('forbidden', 'This token may not change its account.');
    if (password !== undefined) {
      await changePassword({ db: database, authenticator }, user, password, now());
    }
    const changes = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
    if (Object.keys(changes).length > 0) {
      await updateUser(database, user.accountId, changes, { actor: actorOf(user), now: now() });
    }
    return this.me();
  }

  async login(username: string, password: string, name: string): Promise<{ token: string; account: AccountView }> {
    const account = await this.#signIn(username, password);
    const { database, now } = this.#binding.services;
    const minted = await createPersonalToken(database, callerOf(account), { name, scopes: ['api'] }, now());
    return { token: minted.secret, account: accountView(account) };
  }

  async tokens(page: { limit: number; offset: number }): Promise<{ tokens: readonly TokenView[]; total: number }> {
    const { database, now } = this.#binding.services;
    const user = this.#user();
    if (!mayUse(user, 'read')) throw problem('forbidden', lacksScope('read'));
    const filter = { kinds: ['personal'], accountId: user.accountId, state: 'active' } as const;
    const { items, total } = await listTokens(database, filter, page, now());
    return { tokens: items.map(tokenView), total };
  }

  async createToken(password: string, wanted: WantedToken): Promise<{ token: string; view: TokenView }> {
    const { database, now } = this.#binding.services;
    const user = this.#user();
    await this.#signIn(user.username, password);
    const { name, expiresAt, readOnly } = wanted;
    const scopes = [readOnly ? 'read_api' : 'api'];
    const minted = await createPersonalToken(database, user, { name, expiresAt, scopes }, now());
    return { token: minted.secret, view: tokenView(minted.token) };
  }

  async revokeToken(tokenOrId: string): Promise<void> {
    const { database, now } = this.#binding.services;
    const { caller } = this.#binding;
    if (/^\d{1,15}$/.test(tokenOrId)) await revokeToken(database, caller, Number(tokenOrId), now());
    else await revokeSecret(database, caller, tokenOrId, now());
  }

  startWebLogin(): Promise<{ loginId: string; pollId: string }> {
    return startWebLogin(this.#binding.services.database, this.#binding.services.now());
  }

  pollWebLogin(pollId: string): ReturnType<AccountsPort['pollWebLogin']> {
    return pollWebLogin(this.#binding.services.database, pollId, this.#binding.services.now());
  }

  collaborators(): Promise<ReadonlyMap<string, 'read' | 'write'>> {
    return collaboratorsOf(this.#binding);
  }

  groupMembers(path: string): Promise<ReadonlyMap<string, number> | null> {
    return groupMembers(this.#binding, path);
  }

  setGroupMember(path: string, username: string, accessLevel: number): Promise<void> {
    return setGroupMember(this.#binding, path, username, accessLevel);
  }

  removeGroupMember(path: string, username: string): Promise<void> {
    return removeGroupMember(this.#binding, path, username);
  }

  /** As in the management API: addresses are for the person itself and for administrators. */
  #mayKnowAddress(account: Account): boolean {
    const { caller } = this.#binding;
    if (caller.kind !== 'user' || !mayUse(caller, 'read-account')) return false;
    return caller.accountId === account.id || caller.isAdmin;
  }

  #user(): UserCaller {
    const { caller } = this.#binding;
    if (caller.kind === 'user') return caller;
    if (caller.kind === 'anonymous') throw problem('unauthenticated');
    throw problem('forbidden', 'A deploy token is no account.');
  }

  async #signIn(username: string, password: string): Promise<Account> {
    const account = await this.#binding.services.authenticator.signIn(username, password);
    if (account === null) throw problem('unauthenticated', 'The user name or the password is wrong.');
    return account;
  }
}

function accountView({ id, username, name, email, createdAt, updatedAt }: Account): AccountView {
  return { id, username, name, email, createdAt, updatedAt };
}

function tokenView({ id, name, hint, scopes, createdAt, expiresAt, lastUsedAt }: Token): TokenView {
  return { id, name, hint, scopes, createdAt, expiresAt, lastUsedAt };
}
