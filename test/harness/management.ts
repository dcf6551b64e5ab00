/** GitLab's management API, as far as tests need it to set a scene. */
import type {
  Level,
  Management,
  TestGroup,
  TestProject,
  TestToken,
  TestUser,
  TokenOrder,
  Visibility,
} from './types.ts';

const levels: Readonly<Record<Level, number>> = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 };

interface Created {
  readonly id: number;
}

/** Acts on `url` with an administrator's token. */
export function management(url: string, adminToken: string): Management {
  const api = caller(url, adminToken);
  return {
    api,
    createUser: (username) => createUser(api, username),
    createGroup: (path, visibility = 'private') => createGroup(api, url, path, visibility),
    createProject: (fullPath, visibility = 'private') => createProject(api, url, fullPath, visibility),
    addMember: async (of, user, level) => {
      await api('POST', `${placeOf(of)}/members`, { user_id: user.id, access_level: levels[level] });
    },
    createToken: (order) => createToken(api, order),
  };
}

function caller(url: string, adminToken: string): Management['api'] {
  return async <T>(method: string, path: string, body?: unknown, token = adminToken): Promise<T> => {
    const response = await fetch(`${url}/api/v4${path}`, {
      method,
      headers: { 'private-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}

async function createUser(api: Management['api'], username: string): Promise<TestUser> {
  const password = `correct horse ${username} battery`;
  const user = await api<Created>('POST', '/users', {
    username,
    name: username,
    email: `${username}@example.com`,
    password,
    skip_confirmation: true,
  });
  const { token } = await api<{ token: string }>('POST', `/users/${user.id}/personal_access_tokens`, {
    name: 'test',
    scopes: ['api'],
  });
  return { id: user.id, username, password, token };
}

async function createGroup(
  api: Management['api'],
  url: string,
  path: string,
  visibility: Visibility,
): Promise<TestGroup> {
  const [parent, name] = split(path);
  const group = await api<Created>('POST', '/groups', {
    name,
    path: name,
    visibility,
    ...(parent === null ? {} : { parent_id: (await find(api, 'groups', parent)).id }),
  });
  return { kind: 'group', id: group.id, fullPath: path, npm: `${url}/api/v4/groups/${group.id}/-/packages/npm/` };
}

async function createProject(
  api: Management['api'],
  url: string,
  fullPath: string,
  visibility: Visibility,
): Promise<TestProject> {
  const [parent, name] = split(fullPath);
  if (parent === null) throw new Error(`a project needs a namespace: ${fullPath}`);
  const project = await api<Created>('POST', '/projects', {
    name,
    path: name,
    visibility,
    namespace_id: (await find(api, 'namespaces', parent)).id,
  });
  const packages = `${url}/api/v4/projects/${project.id}/packages`;
  return { kind: 'project', id: project.id, fullPath, npm: `${packages}/npm/`, generic: `${packages}/generic` };
}

async function createToken(api: Management['api'], order: TokenOrder): Promise<TestToken> {
  const path = tokensPath(order);
  const made = await api<{ id: number; token: string; username?: string }>('POST', path, {
    name: `test ${order.kind}`,
    scopes: order.scopes,
    ...(order.expiresAt === undefined ? {} : { expires_at: order.expiresAt }),
    ...(order.kind === 'access' ? { access_level: levels[order.level] } : {}),
    ...(order.kind === 'deploy' && order.username !== undefined ? { username: order.username } : {}),
  });
  const own = order.kind === 'personal' ? `/personal_access_tokens/${made.id}` : `${path}/${made.id}`;
  return {
    id: made.id,
    token: made.token,
    username: order.kind === 'personal' ? order.user.username : (made.username ?? null),
    revoke: async () => {
      await api('DELETE', own);
    },
  };
}

function tokensPath(order: TokenOrder): string {
  if (order.kind === 'personal') return `/users/${order.user.id}/personal_access_tokens`;
  return `${placeOf(order.of)}/${order.kind === 'deploy' ? 'deploy_tokens' : 'access_tokens'}`;
}

function placeOf(of: TestProject | TestGroup): string {
  return of.kind === 'project' ? `/projects/${of.id}` : `/groups/${of.id}`;
}

function find(api: Management['api'], kind: 'groups' | 'namespaces', path: string): Promise<Created> {
  return api<Created>('GET', `/${kind}/${encodeURIComponent(path)}`);
}

function split(fullPath: string): [parent: string | null, name: string] {
  const slash = fullPath.lastIndexOf('/');
  return slash === -1 ? [null, fullPath] : [fullPath.slice(0, slash), fullPath.slice(slash + 1)];
}
