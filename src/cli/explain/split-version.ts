/** `left-pad@1.3.0`, `@scope/name@1.0.0`, `com.acme:lib@1.0`: the name, and the version if there is one. */
export function splitVersion(written: string): { readonly name: string; readonly version: string | null } {
  // The first character may be that of a scope.
  const at = written.indexOf('@', 1);
  return at < 0
    ? { name: written, version: null }
    : { name: written.slice(0, at), version: written.slice(at + 1) || null };
}
