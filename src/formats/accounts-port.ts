/** Accounts and tokens as formats see them: types only. */
import type { Person } from '../registry/model.ts';

/** A token as its owner may see it. */
export interface TokenView {
  readonly id: number;
  readonly name: string;
  /** First characters of the token, to recognise it by. */
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface AccountView extends Person {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Accounts and membership, as far as package clients have commands for them. */
export interface AccountsPort {
  find(username: string): Promise<AccountView | null>;
  /** The signed-in account; `unauthenticated` for others. */
  me(): Promise<AccountView>;
  updateMe(change: { name?: string; email?: string; password?: { old: string; new: string } }): Promise<AccountView>;
  /** Checks a password and creates a personal token with scope `api`; `unauthenticated` when it is wrong. */
  login(username: string, password: string, tokenName: string): Promise<{ token: string; account: AccountView }>;
  tokens(page: { limit: number; offset: number }): Promise<{ tokens: readonly TokenView[]; total: number }>;
  createToken(
    password: string,
    wanted: { name: string; readOnly: boolean; expiresAt: number | null },
  ): Promise<{ token: string; view: TokenView }>;
  /** `tokenOrId`: the token itself, or the `id` of one of the caller's; `token-not-found` otherwise. */
  revokeToken(tokenOrId: string): Promise<void>;
  /** Starts a login that a person finishes in a browser; both ids are secrets. */
  startWebLogin(): Promise<{ loginId: string; pollId: string }>;
  pollWebLogin(pollId: string): Promise<{ state: 'waiting' } | { state: 'done'; token: string } | { state: 'gone' }>;
  /** Members of the mount's project (inherited ones too), with what they may do. */
  collaborators(): Promise<ReadonlyMap<string, 'read' | 'write'>>;
  /** Members of a group by full path, with GitLab's access level (10 to 50); `null` when unknown or hidden. */
  groupMembers(path: string): Promise<ReadonlyMap<string, number> | null>;
  setGroupMember(path: string, username: string, accessLevel: number): Promise<void>;
  removeGroupMember(path: string, username: string): Promise<void>;
}
