import type { TokenScope } from '../catalog/token-scope.ts';
import type { Caller } from './caller.ts';

/** Kinds of use that a token's scopes tell apart. */
export type Use = 'read-packages' | 'write-packages' | 'read-virtual' | 'read-account' | 'read' | 'write';

const enough: Readonly<Record<Use, readonly TokenScope[]>> = {
  'read-packages': ['api', 'read_api', 'read_package_registry', 'write_package_registry'],
  'write-packages': ['api', 'write_package_registry'],
  'read-virtual': ['api', 'read_api', 'read_virtual_registry', 'write_virtual_registry'],
  'read-account': ['api', 'read_api', 'read_user'],
  read: ['api', 'read_api'],
  write: ['api'],
};

/** `true` when the caller's credential may be put to that use; what the account may do is another question. */
export function mayUse(caller: Caller, use: Use): boolean {
  if (caller.kind === 'anonymous' || caller.scopes === null) return true;
  const { scopes } = caller;
  return enough[use].some((scope) => scopes.has(scope));
}

/** Which scopes would do, for error messages: `api or write_package_registry`. */
export function scopesFor(use: Use): string {
  return enough[use].join(' or ');
}

/** Why a credential that may not be put to that use was refused. */
export function lacksScope(use: Use): string {
  return `The token lacks a scope for this: it needs ${scopesFor(use)}.`;
}
