import type { Management, TestGroup } from './types.ts';

export interface TestUpstream {
  readonly id: number;
  readonly registry_upstream: { readonly id: number; readonly position: number };
}

export interface TestRegistry {
  readonly id: number;
  /** URL of the mount, no slash at the end. */
  readonly url: string;
  readonly upstreams: readonly TestUpstream[];
}

/** A virtual registry of a group, with upstreams in this order: URLs, or what the API takes. */
export async function createRegistry(
  server: Management & { readonly url: string },
  group: TestGroup,
  format: string,
  upstreams: readonly (string | Record<string, unknown>)[],
  more: Record<string, unknown> = {},
): Promise<TestRegistry> {
  const base = `/virtual_registries/packages/${format}`;
  const { id } = await server.api<{ id: number }>('POST', `/groups/${group.id}/-${base}/registries`, {
    name: 'all',
    ...more,
  });
  const made: TestUpstream[] = [];
  for (const upstream of upstreams) {
    const body = typeof upstream === 'string' ? { url: upstream } : upstream;
    made.push(await server.api<TestUpstream>('POST', `${base}/registries/${id}/upstreams`, body));
  }
  return { id, url: `${server.url}/api/v4${base}/${id}`, upstreams: made };
}

export const gid = {
  project: (id: number): string => `gid://gitlab/Project/${id}`,
  group: (id: number): string => `gid://gitlab/Group/${id}`,
};
