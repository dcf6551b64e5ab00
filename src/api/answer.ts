import type { Caller, TokenScope } from '../access/caller.ts';
import { problem } from '../problems/problem.ts';
import type { ApiContext } from './context.ts';
import type { ApiAnswer, ApiInput, Operation } from './operation.ts';

/** Scopes of which the token needs one. */
export function scopesOf(operation: Operation): readonly TokenScope[] {
  return operation.scopes ?? (operation.method === 'GET' ? ['api', 'read_api'] : ['api']);
}

/** `unauthenticated` or `forbidden` when this caller may not use the operation at all. */
export function admit(operation: Operation, caller: Caller): void {
  if (caller.kind === 'anonymous') {
    if (operation.needs === 'caller') throw problem('unauthenticated');
    return;
  }
  const held = caller.scopes;
  const enough = scopesOf(operation);
  if (held === null || enough.some((scope) => held.has(scope))) return;
  throw problem('forbidden', `The token needs one of these scopes: ${enough.join(', ')}.`);
}

/** Runs an operation for a request whose input the HTTP layer has checked. */
export async function answer(operation: Operation, context: ApiContext, input: ApiInput): Promise<ApiAnswer> {
  admit(operation, context.caller);
  return operation.handler(context, input);
}
