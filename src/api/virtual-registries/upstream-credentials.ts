import type { Upstream } from '../../catalog/upstreams.ts';
import { problem } from '../../problems/problem.ts';
import type { SiteCredentials } from '../../upstream/site.ts';
import type { ApiContext } from '../context.ts';

/** What a client said: left out = as it was, `null` or empty = none. */
export interface CredentialsInput {
  readonly username?: string | null;
  readonly password?: string | null;
  /** Sent as `Authorization: Bearer`; in the place of the other two. */
  readonly token?: string | null;
}

/** As an upstream keeps them: the password sealed, and without a user name a bearer token. */
export type KeptCredentials = Pick<Upstream, 'username' | 'password'>;

export const noCredentials: KeptCredentials = { username: null, password: null };
const bothOrNone = 'username and password must be given together.';

/** The credentials after a change; `invalid-parameter` when they make no sense together. */
export async function changedCredentials(
  { upstreams }: ApiContext,
  input: CredentialsInput,
  kept: KeptCredentials,
): Promise<KeptCredentials> {
  const { username, password, token } = input;
  if (isGiven(token)) {
    if (isGiven(username) || isGiven(password)) throw tokenAlone();
    return { username: null, password: await upstreams.seal.seal(bearerToken(token)) };
  }
  const keptKind = kindOf(kept);
  // What is taken back of one kind says nothing of the other.
  if (!isGiven(username) && !isGiven(password)) {
    const takenBack = keptKind === 'token' ? token !== undefined : username !== undefined || password !== undefined;
    return takenBack ? noCredentials : kept;
  }
  const name = username === undefined && keptKind === 'password' ? kept.username : username;
  if (!isGiven(name) || (password !== undefined && !isGiven(password))) throw problem('invalid-parameter', bothOrNone);
  if (name.includes(':')) throw problem('invalid-parameter', 'username must not hold a colon.');
  if (password !== undefined) return { username: name, password: await upstreams.seal.seal(password) };
  if (keptKind !== 'password') throw problem('invalid-parameter', bothOrNone);
  return { username: name, password: kept.password };
}

/** The same of an upstream that isn't saved; `null` = none were given. */
export function givenCredentials({ username, password, token }: CredentialsInput): SiteCredentials | null {
  if (isGiven(token)) {
    if (isGiven(username) || isGiven(password)) throw tokenAlone();
    return { token: bearerToken(token) };
  }
  return isGiven(username) && isGiven(password) ? { username, password } : null;
}

export function kindOf({ username, password }: KeptCredentials): 'none' | 'password' | 'token' {
  if (password === null) return 'none';
  return username === null ? 'token' : 'password';
}

function isGiven(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}

function tokenAlone() {
  return problem('invalid-parameter', 'token can not be given together with username and password.');
}

/** `b64token` of RFC 6750, which is what fits into the header. */
function bearerToken(token: string): string {
  if (/^[\w.~+/-]+=*$/.test(token)) return token;
  throw problem('invalid-parameter', 'token must be letters, digits and -._~+/ only, without the word Bearer.');
}
