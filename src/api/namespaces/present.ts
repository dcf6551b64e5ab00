import type { Namespace } from '../../catalog/namespaces.ts';

export function presentNamespace(namespace: Namespace, origin: string) {
  return {
    id: namespace.id,
    name: namespace.name,
    path: namespace.path,
    kind: namespace.kind,
    full_path: namespace.fullPath,
    parent_id: namespace.parentId,
    avatar_url: null,
    web_url: namespaceUrl(namespace, origin),
  };
}

/** GitLab's page of a group or user. */
export function namespaceUrl(namespace: Namespace, origin: string): string {
  return namespace.kind === 'group' ? `${origin}/groups/${namespace.fullPath}` : `${origin}/${namespace.fullPath}`;
}
