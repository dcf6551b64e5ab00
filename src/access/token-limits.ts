/** What a new token may be: nobody makes one that can do more, or lives longer, than the credential that asks for it. */
import type { TokenScope } from '../catalog/token-scope.ts';
import type { TokenKind } from '../catalog/tokens.ts';
import { problem } from '../problems/problem.ts';
import type { Caller, UserCaller } from './caller.ts';
import { mayUse, scopesFor } from './scopes.ts';

const packageScopes: readonly TokenScope[] = [
  'read_package_registry',
  'write_package_registry',
  'read_virtual_registry',
  'write_virtual_registry',
];

export const scopesOf: Readonly<Record<TokenKind, readonly TokenScope[]>> = {
  personal: ['api', 'read_api', 'read_user', ...packageScopes],
  project: ['api', 'read_api', ...packageScopes],
  group: ['api', 'read_api', ...packageScopes],
  deploy: packageScopes,
};

/** `invalid-parameter` when there are none, or some that this kind of token can't have. */
export function checkScopes(kind: TokenKind, scopes: readonly string[]): TokenScope[] {
  const known: readonly string[] = scopesOf[kind];
  const wrong = scopes.find((scope) => !known.includes(scope));
  if (wrong === undefined && scopes.length > 0) return [...new Set(scopes as readonly TokenScope[])];
  const fault = wrong === undefined ? 'scopes can not be empty' : `scopes can not include '${wrong.slice(0, 40)}'`;
  throw problem('invalid-parameter', `${fault}; possible are ${known.join(', ')}.`);
}

/** `invalid-parameter` for a name that is empty, too long or holds control characters. */
export function checkTokenName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 255 || /\p{Cc}/u.test(trimmed)) {
    throw problem('invalid-parameter', 'name must be 1 to 255 characters, without control characters.');
  }
  return trimmed;
}

/** Only people make tokens, and only with a credential that may do everything they may. */
export function checkMinter(caller: Caller): UserCaller {
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  if (caller.kind === 'deploy-token' || caller.isBot) {
    throw problem('forbidden', 'Only people can create tokens; sign in as a user.');
  }
  if (!mayUse(caller, 'write')) {
    throw problem('forbidden', `A token can create others only with the scope ${scopesFor('write')}.`);
  }
  return caller;
}

/**
 * When the new token ends; not said, it ends with the credential that makes it. `invalid-parameter` in the past,
 * `forbidden` after `latest`.
 */
export function checkExpiry(wanted: number | null, latest: number | null, now: number): number | null {
  if (wanted === null) return latest;
  if (wanted <= now) throw problem('invalid-parameter', 'expires_at must be a date in the future.');
  if (latest !== null && wanted > latest) {
    throw problem(
      'forbidden',
      `This credential can not create a token that lives beyond ${new Date(latest).toISOString()}.`,
    );
  }
  return wanted;
}
