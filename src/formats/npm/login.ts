import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { jsonObject, optionalText } from './json-body.ts';

const prefix = 'org.couchdb.user:';

/**
 * `PUT /-/user/org.couchdb.user:NAME[/-rev/REV]` with `{name, password}`: npm's `login --auth-type=legacy`, Yarn's login,
 * and the fallback of everybody. Nobody signs up this way: an unknown name is refused like a wrong password.
 */
export async function login(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const username = usernameIn(request);
  const body = await jsonObject(request);
  if ((optionalText(body, 'name') ?? username) !== username) {
    throw problem('invalid-request', '"name" differs from the name in the URL.');
  }
  const password = optionalText(body, 'password') ?? '';
  // npm words a 400 as "There is no user with the username".
  if (password === '') throw problem('unauthenticated', 'Wrong user name or password: no password was sent.');
  const { token, account } = await registry.accounts.login(username, password, 'npm login');
  return {
    status: 201,
    headers: { 'cache-control': 'no-store' },
    body: { ok: true, id: `${prefix}${account.username}`, rev: `1-${account.updatedAt}`, token },
  };
}

/** `GET /-/user/org.couchdb.user:NAME`, which `npm owner add` asks for. */
export async function getUser(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const username = usernameIn(request);
  const account = await registry.accounts.find(username);
  if (account === null) throw problem('user-not-found', `There is no user called ${username}.`);
  return {
    status: 200,
    body: {
      _id: `${prefix}${account.username}`,
      _rev: `1-${account.updatedAt}`,
      name: account.username,
      email: account.email ?? '',
      type: 'user',
      roles: [],
    },
  };
}

/** `DELETE /-/user/token/TOKEN`: `npm logout`, and Yarn after a publish. */
export async function logout(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  await registry.accounts.revokeToken(request.params.token ?? '');
  return { status: 200, body: { ok: true } };
}

function usernameIn(request: FormatRequest): string {
  const document = request.params.user ?? '';
  if (!document.startsWith(prefix) || document === prefix) throw problem('user-not-found');
  return document.slice(prefix.length);
}
