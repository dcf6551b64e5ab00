import type { RegistryPort } from '../format.ts';
import { problem } from '../../problems/problem.ts';

/** Refuses anonymous callers with `unauthenticated`, on routes that would let them in. Returns the caller's name. */
export function requireSignedIn(registry: RegistryPort): string {
  const { username } = registry.caller;
  if (username === null) throw problem('unauthenticated', 'Sign in first: npm login.');
  return username;
}
