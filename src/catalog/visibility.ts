/** Who may see a group or project without being a member: nobody, anyone signed in, anyone. */
export type Visibility = 'private' | 'internal' | 'public';

export const visibilities: readonly Visibility[] = ['private', 'internal', 'public'];

/**
 * A project's package registry: closed to everybody, open to members only, to whoever may see the project, or to anyone
 * even when the project is private. GitLab's `package_registry_access_level`.
 */
export type PackagesAccess = 'disabled' | 'private' | 'enabled' | 'public';

/** `true` when something of visibility `inner` may lie inside something of visibility `outer`. */
export function fitsInside(inner: Visibility, outer: Visibility): boolean {
  return visibilities.indexOf(inner) <= visibilities.indexOf(outer);
}
