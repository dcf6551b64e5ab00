import { expect, test } from 'vitest';
import { anonymous, type Caller, type TokenScope } from '../access/caller.ts';
import { admit, answer } from './answer.ts';
import type { ApiContext } from './context.ts';
import { operation } from './operation.ts';

const declared = (method: 'GET' | 'POST', needs: 'nothing' | 'caller', scopes?: readonly TokenScope[]) =>
  operation({
    id: 'x',
    method,
    path: '/x',
    summary: '',
    tag: 'x',
    responses: {},
    needs,
    ...(scopes === undefined ? {} : { scopes }),
    handler: async () => ({ status: 200 }),
  });

const user = (...scopes: TokenScope[]): Caller => ({
  kind: 'user',
  accountId: 1,
  username: 'u',
  isAdmin: true,
  isBot: false,
  tokenId: 1,
  scopes: new Set(scopes),
  expiresAt: null,
});

test('anonymous callers pass where nothing is needed, and are asked to sign in elsewhere', () => {
  expect(() => admit(declared('GET', 'nothing'), anonymous)).not.toThrow();
  expect(() => admit(declared('GET', 'caller'), anonymous)).toThrow('401');
});

test.each([
  ['GET', ['api'], undefined, true],
  ['GET', ['read_api'], undefined, true],
  ['POST', ['read_api'], undefined, false],
  ['POST', ['api'], undefined, true],
  ['GET', ['read_user'], undefined, false],
  ['GET', ['read_user'], ['read_user', 'read_api'], true],
  ['GET', ['write_package_registry'], undefined, false],
  ['GET', [], undefined, false],
] as const)('%s with %j of %j: %s', (method, held, scopes, passes) => {
  const act = () => admit(declared(method, 'caller', scopes), user(...held));
  if (passes) expect(act).not.toThrow();
  else expect(act).toThrow('403');
});

test('a token without the scope is refused on public things too, even for administrators', async () => {
  await expect(
    answer(declared('GET', 'nothing'), { caller: user('read_package_registry') } as ApiContext, {
      params: {},
      query: {},
      body: {},
      headers: {},
      url: '/x',
    }),
  ).rejects.toThrow('403');
});
