/** Who may do what: every role and credential against every visibility, through the whole server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rest, type RestRequest, restOf } from '../../test/harness/rest.ts';
import { startServer } from '../../test/harness/server.ts';
import type { Level, TestProject, TestServer, TestUser, Visibility } from '../../test/harness/types.ts';

const callers = [
  'anonymous',
  'stranger',
  'guest',
  'reporter',
  'developer',
  'maintainer',
  'owner',
  'admin',
  'owner-read', // an owner's token with scope read_api
  'deploy-read',
  'deploy-write',
  'deploy-other', // a writing deploy token of another project
  'wrong',
] as const;

/**
 * Statuses in the order of `callers`. Writes ask for something that can't succeed (an unknown number, an impossible
 * value), so that nothing changes: 400 and `404u`, `404k`, `404t` (user, package, token) mean "would have been allowed",
 * plain 404 that the project is hidden.
 */
const table = `
GET /projects/:id
  private   404  404  200  200  200  200  200  200  200  403  403  403  401
  internal  404  200  200  200  200  200  200  200  200  403  403  403  401
  public    200  200  200  200  200  200  200  200  200  403  403  403  401
GET /projects/:id/packages
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
  internal  404  200  200  200  200  200  200  200  200  200  200  404  401
  public    200  200  200  200  200  200  200  200  200  200  200  200  401
GET /projects/:id/packages/:package
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
  internal  404  200  200  200  200  200  200  200  200  200  200  404  401
  public    200  200  200  200  200  200  200  200  200  200  200  200  401
GET /projects/:id/packages/:package/package_files
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
  public    200  200  200  200  200  200  200  200  200  200  200  200  401
GET /projects/:id/packages/:package/package_files/:file/download
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
  internal  404  200  200  200  200  200  200  200  200  200  200  404  401
  public    200  200  200  200  200  200  200  200  200  200  200  200  401
GET /projects/:id/packages/:package/pipelines
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
DELETE /projects/:id/packages/999999
  private   401  404  403  403  403  404k 404k 404k 403  403  404k 404  401
  internal  401  403  403  403  403  404k 404k 404k 403  403  404k 404  401
  public    401  403  403  403  403  404k 404k 404k 403  403  404k 403  401
DELETE /projects/:id/packages/:package/package_files/999999
  private   401  404  403  403  403  404f 404f 404f 403  403  404f 404  401
  public    401  403  403  403  403  404f 404f 404f 403  403  404f 403  401
PUT /projects/:id {"visibility":"secret"}
  public    400  400  400  400  400  400  400  400  400  400  400  400  400
PUT /projects/:id {}
  private   401  404  403  403  403  200  200  200  403  403  403  403  401
  internal  401  403  403  403  403  200  200  200  403  403  403  403  401
  public    401  403  403  403  403  200  200  200  403  403  403  403  401
PUT /projects/:id {"path":"-"}
  private   401  404  403  403  403  403  400  400  403  403  403  403  401
PUT /projects/:id {"visibility":"public"}
  public    401  403  403  403  403  403  200  200  403  403  403  403  401
GET /projects/:id/members
  private   401  404  200  200  200  200  200  200  200  403  403  403  401
  public    401  200  200  200  200  200  200  200  200  403  403  403  401
GET /projects/:id/members/all
  private   401  404  200  200  200  200  200  200  200  403  403  403  401
POST /projects/:id/members {"user_id":999999,"access_level":10}
  private   401  404  403  403  403  404u 404u 404u 403  403  403  403  401
  public    401  403  403  403  403  404u 404u 404u 403  403  403  403  401
PUT /projects/:id/members/999999 {"access_level":10}
  private   401  404  403  403  403  404u 404u 404u 403  403  403  403  401
DELETE /projects/:id/members/999999
  private   401  404  403  403  403  404u 404u 404u 403  403  403  403  401
  public    401  403  403  403  403  404u 404u 404u 403  403  403  403  401
GET /projects/:id/access_tokens
  private   401  404  403  403  403  200  200  200  403  403  403  403  401
  public    401  403  403  403  403  200  200  200  403  403  403  403  401
POST /projects/:id/access_tokens {"name":"x","scopes":["nonsense"]}
  private   401  404  403  403  403  400  400  400  403  403  403  403  401
DELETE /projects/:id/access_tokens/999999
  private   401  404  403  403  403  404t 404t 404t 403  403  403  403  401
GET /projects/:id/deploy_tokens
  private   401  404  403  403  403  200  200  200  403  403  403  403  401
  public    401  403  403  403  403  200  200  200  403  403  403  403  401
POST /projects/:id/deploy_tokens {"name":"x","scopes":["api"]}
  private   401  404  403  403  403  400  400  400  403  403  403  403  401
DELETE /projects/:id/deploy_tokens/999999
  private   401  404  403  403  403  404t 404t 404t 403  403  403  403  401
GET /projects/:id/audit_events
  private   401  404  403  403  403  200  200  200  403  403  403  403  401
  public    401  403  403  403  403  200  200  200  403  403  403  403  401
GET /groups/:group
  private   404  404  200  200  200  200  200  200  200  403  403  403  401
  public    200  200  200  200  200  200  200  200  200  403  403  403  401
GET /groups/:group/packages
  private   404  404  200  200  200  200  200  200  200  200  200  404  401
  public    200  200  200  200  200  200  200  200  200  200  200  200  401
GET /groups/:group/projects
  private   404  404  200  200  200  200  200  200  200  403  403  403  401
PUT /groups/:group {}
  private   401  404  403  403  403  403  403  200  403  403  403  403  401
POST /groups/:group/members {"user_id":999999,"access_level":10}
  private   401  404  403  403  403  403  403  404u 403  403  403  403  401
GET /groups/:group/access_tokens
  private   401  404  403  403  403  403  403  200  403  403  403  403  401
GET /groups/:group/deploy_tokens
  private   401  404  403  403  403  403  403  200  403  403  403  403  401
GET /user
  public    401  200  200  200  200  200  200  200  200  403  403  403  401
GET /users
  public    401  200  200  200  200  200  200  200  200  403  403  403  401
POST /users {"username":"x y","name":"x"}
  public    401  403  403  403  403  403  403  400  403  403  403  403  401
POST /users/999999/block
  public    401  403  403  403  403  403  403  404u 403  403  403  403  401
GET /deploy_tokens
  public    401  403  403  403  403  403  403  200  403  403  403  403  401
GET /audit_events
  public    401  403  403  403  403  403  403  200  403  403  403  403  401
GET /version
  public    401  200  200  200  200  200  200  200  200  403  403  403  401
`;

const things: Readonly<Record<string, string>> = {
  '404 User Not Found': 'u',
  '404 Package Not Found': 'k',
  '404 Not Found': 'f',
  '404 Token Not Found': 't',
};

let server: TestServer;
let rest: Rest;
const credentials: Record<string, RestRequest> = {};
const places: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  server = await startServer();
  rest = restOf(server);
  credentials['admin'] = { token: server.rootToken };
  credentials['wrong'] = { token: 'pkyp_0000000000000000000000000000000000000000000000000' };
  const users: Partial<Record<Level, TestUser>> = {};
  for (const level of ['guest', 'reporter', 'developer', 'maintainer', 'owner'] as const) {
    users[level] = await server.createUser(level);
    credentials[level] = { token: users[level].token };
  }
  credentials['stranger'] = { token: (await server.createUser('stranger')).token };
  const owner = users['owner'] as TestUser;
  credentials['owner-read'] = {
    token: (await server.createToken({ kind: 'personal', user: owner, scopes: ['read_api'] })).token,
  };
  for (const visibility of ['private', 'internal', 'public'] as const) await place(visibility, users);
});

afterAll(() => server.stop());

async function place(visibility: Visibility, users: Partial<Record<Level, TestUser>>): Promise<void> {
  const group = await server.createGroup(`of-${visibility}`, visibility);
  const project = await server.createProject(`of-${visibility}/app`, visibility);
  const other = await server.createProject(`of-${visibility}/other`, visibility);
  for (const [level, user] of Object.entries(users)) await server.addMember(project, user, level as Level);
  const deploy = async (of: TestProject, scope: string) =>
    (await server.createToken({ kind: 'deploy', of, scopes: [scope] })).token;
  credentials[`deploy-read ${visibility}`] = { deployToken: await deploy(project, 'read_package_registry') };
  credentials[`deploy-write ${visibility}`] = { deployToken: await deploy(project, 'write_package_registry') };
  const elsewhere = await server.createProject(`root/elsewhere-${visibility}`);
  credentials[`deploy-other ${visibility}`] = { deployToken: await deploy(elsewhere, 'write_package_registry') };
  const put = await rest('PUT', `/projects/${project.id}/packages/generic/tool/1.0.0/tool.bin?select=package_file`, {
    token: server.rootToken,
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect(put.status).toBeLessThan(300);
  const [item] = await server.api<{ id: number }[]>('GET', `/projects/${project.id}/packages`);
  const [file] = await server.api<{ id: number }[]>(
    'GET',
    `/projects/${project.id}/packages/${item?.id}/package_files`,
  );
  places[visibility] = {
    ':id': String(project.id),
    ':group': String(group.id),
    ':package': String(item?.id),
    ':file': String(file?.id),
    ':other': String(other.id),
  };
}

interface Row {
  readonly method: string;
  readonly path: string;
  readonly json: unknown;
  readonly visibility: Visibility;
  readonly expected: readonly string[];
}

function rows(): Row[] {
  const found: Row[] = [];
  let heading = '';
  for (const line of table.split('\n').filter((one) => one !== '')) {
    if (!line.startsWith(' ')) {
      heading = line;
      continue;
    }
    const [, method = '', path = '', json] = /^(\S+) (\S+)(?: (.+))?$/.exec(heading) ?? [];
    const [visibility, ...expected] = line.trim().split(/\s+/);
    found.push({
      method,
      path,
      expected,
      visibility: visibility as Visibility,
      json: json === undefined ? undefined : JSON.parse(json),
    });
  }
  return found;
}

async function actual(row: Row, caller: string): Promise<string> {
  const place = places[row.visibility] ?? {};
  const path = row.path.replace(/:\w+/g, (name) => place[name] ?? name);
  const credential = credentials[`${caller} ${row.visibility}`] ?? credentials[caller] ?? {};
  const { status, body } = await rest(row.method, path, {
    ...credential,
    ...(row.json === undefined ? {} : { json: row.json }),
  });
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  return `${status}${row.method === 'GET' ? '' : (things[message] ?? '')}`;
}

describe('role × visibility × operation', () => {
  test.each(rows())('$method $path, $visibility', async (row) => {
    const answers: Record<string, string> = {};
    for (const caller of callers) answers[caller] = await actual(row, caller);
    expect(answers).toEqual(Object.fromEntries(callers.map((caller, index) => [caller, row.expected[index]])));
  });
});

test('what is hidden answers like what does not exist', async () => {
  const hidden = places['private']?.[':id'];
  for (const credential of [{}, credentials['stranger']]) {
    for (const rest1 of ['', '/packages', '/packages/1', '/packages/1/package_files', '/packages/1/pipelines']) {
      const one = await rest('GET', `/projects/${hidden}${rest1}`, credential);
      const other = await rest('GET', `/projects/999999${rest1}`, credential);
      expect(one.body).toEqual(other.body);
      expect([one.status, one.headers.get('content-length')]).toEqual([
        other.status,
        other.headers.get('content-length'),
      ]);
    }
  }
});
