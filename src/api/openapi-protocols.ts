import type { OpenApiOperation } from './openapi.ts';

/** As much of a package format as the document lists. */
export interface ProtocolFormat {
  readonly id: string;
  readonly routes: readonly ProtocolRoute[];
}

export interface ProtocolRoute {
  readonly method: string;
  readonly path: string;
  readonly needs: 'read' | 'publish' | 'delete' | 'caller' | 'nothing';
  readonly scopes?: readonly ('project' | 'group' | 'instance' | 'virtual')[];
}

interface MountedRoute {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

const needs: Readonly<Record<ProtocolRoute['needs'], string>> = {
  read: 'Needs read access to the packages.',
  publish: 'Needs the developer role, or a token that may write packages.',
  delete: 'Needs the maintainer role, or a deploy token that may write packages.',
  caller: 'Needs a valid credential.',
  nothing: 'Needs nothing.',
};

/** Every route of a format at every mount that has it. Their bodies are described by the format's own protocol. */
export function protocolOperations(format: ProtocolFormat): MountedRoute[] {
  const mounts = {
    project: `/projects/:id/packages/${format.id}`,
    group: `/groups/:id/-/packages/${format.id}`,
    instance: `/packages/${format.id}`,
    virtual: `/virtual_registries/packages/${format.id}/:id`,
  };
  return format.routes.flatMap((route, index) =>
    (route.scopes ?? (['project', 'group', 'instance', 'virtual'] as const)).map((scope) => {
      const path = mounts[scope] + withOwnId(route.path, format.id);
      return { method: route.method, path, operation: short(format.id, route, scope, index, path) };
    }),
  );
}

/** A template names nothing twice, and `id` is the mount's. */
function withOwnId(path: string, format: string): string {
  return path.replace(/:id(?!\w)/, `:${format}_id`);
}

const mountNames = {
  project: 'for one project',
  group: 'over a group',
  instance: 'over everything',
  virtual: 'for a virtual registry',
};

function short(
  format: string,
  route: ProtocolRoute,
  scope: keyof typeof mountNames,
  index: number,
  path: string,
): OpenApiOperation {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  if (path.includes('*')) names.push('rest');
  return {
    operationId: `${format}_${scope}_${index + 1}`,
    tags: [`${format} protocol`],
    summary: `Part of the ${format} client protocol, ${mountNames[scope]}`,
    description: needs[route.needs],
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    responses: { default: { description: 'As the protocol says.' } },
    security:
      route.needs === 'nothing' || route.needs === 'read'
        ? [{}, { bearer: [] }, { basic: [] }, { privateToken: [] }, { deployToken: [] }]
        : [{ bearer: [] }, { basic: [] }, { privateToken: [] }, { deployToken: [] }],
  };
}
