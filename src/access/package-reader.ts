import type { Caller } from './caller.ts';

/** A token for virtual registries reads through them what its owner may read of their local members. */
export function asPackageReader(caller: Caller): Caller {
  if (caller.kind === 'anonymous' || caller.scopes === null) return caller;
  return { ...caller, scopes: new Set([...caller.scopes, 'read_package_registry' as const]) };
}
