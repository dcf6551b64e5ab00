import type { TokenHome } from '../access/create-token.ts';
import type { ApiContext } from './context.ts';
import { groupFor, projectFor } from './place.ts';

/** The project or group of a path, when the caller manages its tokens. */
export async function homeFor(context: ApiContext, of: 'project' | 'group', id: string): Promise<TokenHome> {
  return of === 'project'
    ? { project: await projectFor(context, id, 'manage-tokens') }
    : { group: await groupFor(context, id, 'manage-tokens') };
}

export function homeIds(home: TokenHome): { projectId: number | null; namespaceId: number | null } {
  return 'project' in home
    ? { projectId: home.project.id, namespaceId: null }
    : { projectId: null, namespaceId: home.group.id };
}
