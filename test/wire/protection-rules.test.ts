/** GitLab's package protection rules, for every format: who may publish and remove packages of a name. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type FormatAdapter,
  genericAdapter,
  mavenAdapter,
  npmAdapter,
  nugetAdapter,
  pypiAdapter,
  terraformAdapter,
  terraformProviderAdapter,
} from '../contracts/format-adapters.ts';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestToken, TestUser } from '../harness/types.ts';
import { npmWire } from './npm-wire.ts';

const adapters = [
  npmAdapter,
  mavenAdapter,
  pypiAdapter,
  nugetAdapter,
  genericAdapter,
  terraformAdapter,
  terraformProviderAdapter,
];

interface Rule {
  readonly id: number;
}

let server: TestServer;
let project: TestProject;
let count = 0;
const people: Record<'developer' | 'maintainer' | 'owner', TestUser> = {} as never;
let deploy: TestToken;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme', 'private');
  for (const role of ['developer', 'maintainer', 'owner'] as const) people[role] = await server.createUser(role);
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  project = await server.createProject(`acme/app${count}`, 'private');
  for (const role of ['developer', 'maintainer', 'owner'] as const) await server.addMember(project, people[role], role);
  deploy = await server.createToken({ kind: 'deploy', of: project, scopes: ['write_package_registry'] });
});

const rules = (of = project): string => `/projects/${of.id}/packages/protection/rules`;
const protect = (body: Record<string, unknown>): Promise<Rule> => server.api('POST', rules(), body);

interface Told {
  readonly status: number;
  readonly text: string;
}

async function ask(method: string, path: string, token: string, body?: unknown): Promise<Told> {
  const response = await fetch(`${server.url}/api/v4${path}`, {
    method,
    headers: { 'private-token': token, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function publish(format: FormatAdapter, name: string, version: string, token: string): Promise<Told> {
  const { method, path, headers, body } = await format.publish(name, version, 'x');
  const response = await fetch(`${server.url}/api/v4/projects/${project.id}/packages/${format.id}${path}`, {
    method,
    headers: { ...headers, 'private-token': token },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: `${response.statusText} ${await response.text()}` };
}

const packages = (): Promise<{ id: number; name: string; package_type: string }[]> =>
  server.api('GET', `/projects/${project.id}/packages?per_page=100`);

describe.each(adapters)('$id', (format) => {
  const type = format.id === 'terraform' ? 'terraform_module' : format.id;

  test('publishing needs the role that a rule asks for; other names stay as they are', async () => {
    await protect({
      package_name_pattern: '*guarded*',
      package_type: type,
      minimum_access_level_for_push: 'maintainer',
    });
    for (const token of [people.developer.token, deploy.token]) {
      const refused = await publish(format, 'guarded-lib', '1.0.0', token);
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('Package protected.');
    }
    expect(await server.api('GET', `/projects/${project.id}/packages?package_type=${type}`)).toEqual([]);
    expect((await publish(format, 'other-lib', '1.0.0', people.developer.token)).status).toBeLessThan(300);
    expect((await publish(format, 'guarded-lib', '1.0.0', people.maintainer.token)).status).toBeLessThan(300);
    expect((await publish(format, 'guarded-lib', '1.0.1', people.developer.token)).status).toBe(403);
  });

  test('a reservation of the group for another project refuses in the words of the client', async () => {
    const other = await server.createProject(`acme/other${count}`, 'private');
    const { id } = (await server.api<{ id: number }[]>('GET', '/groups?search=acme'))[0] as { id: number };
    expect((await publish(format, `found${count}`, '1.0.0', people.owner.token)).status).toBeLessThan(300);
    const path = `/projects/${project.id}/packages?package_type=${type}`;
    const [called] = await server.api<{ name: string }[]>('GET', path);
    const [before = ''] = (called?.name ?? '').split(`found${count}`);
    const pattern = `${before}reserved${count}-*`;
    const name = `reserved${count}-lib`;
    const names = `/groups/${id}/-/virtual_registries/packages/${format.id}/reserved_names`;
    await server.api('POST', names, { pattern, owner_project_id: other.id });
    const refused = await publish(format, name, '1.0.0', people.owner.token);
    expect(refused.status, refused.text).toBe(403);
    expect(refused.text).toContain('for another project of the group');
    expect((await packages()).filter((one) => one.name.includes(name))).toEqual([]);
  });
});

describe('removing', () => {
  test('needs the role that a rule asks for, through the API and by npm', async () => {
    const name = `kept${count}`;
    const pack = await npmPackage({ name });
    expect((await npmWire(project.npm, people.developer.token).put(pack)).status).toBe(201);
    await protect({ package_name_pattern: 'KEPT*', package_type: 'npm', minimum_access_level_for_delete: 'owner' });
    const row = (await packages())[0];
    const path = `/projects/${project.id}/packages/${row?.id}`;
    for (const token of [people.maintainer.token, deploy.token]) {
      const refused = await ask('DELETE', path, token);
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('Package is deletion protected.');
    }
    const [file] = await server.api<{ id: number }[]>('GET', `${path}/package_files`);
    expect((await ask('DELETE', `${path}/package_files/${file?.id}`, people.maintainer.token)).status).toBe(403);
    const wire = npmWire(project.npm, people.maintainer.token);
    const { json } = await wire.send('GET', `${name}?write=true`);
    expect((await wire.send('DELETE', `${name}/-rev/${String(json?.['_rev'])}`)).status).toBe(403);
    expect(await packages()).toHaveLength(1);
    expect((await ask('DELETE', path, people.owner.token)).status).toBe(204);
    expect(await packages()).toHaveLength(0);
  });

  test('tags are published: the rule for pushing counts', async () => {
    const name = `tagged${count}`;
    expect((await npmWire(project.npm, people.owner.token).put(await npmPackage({ name }))).status).toBe(201);
    await protect({ package_name_pattern: name, package_type: 'npm', minimum_access_level_for_push: 'owner' });
    const tag = (token: string) =>
      npmWire(project.npm, token).send('PUT', `-/package/${name}/dist-tags/stable`, '"1.0.0"');
    expect((await tag(people.maintainer.token)).status).toBe(403);
    expect((await tag(people.owner.token)).status).toBeLessThan(300);
  });

  test('administrators alone, where a rule says so; all rules that mean a name count', async () => {
    await protect({ package_name_pattern: 'a*', package_type: 'npm', minimum_access_level_for_push: 'maintainer' });
    await protect({ package_name_pattern: '*b', package_type: 'npm', minimum_access_level_for_push: 'admin' });
    const put = async (name: string, token: string): Promise<number> =>
      (await npmWire(project.npm, token).put(await npmPackage({ name }))).status;
    expect(await put('ac', people.maintainer.token)).toBe(201);
    expect(await put('ab', people.owner.token)).toBe(403);
    expect(await put('ab', server.rootToken)).toBe(201);
  });
});

describe('the API', () => {
  const body = { package_name_pattern: '@acme/*', package_type: 'npm', minimum_access_level_for_push: 'owner' };

  test('creates, lists, changes and removes in the shapes of GitLab', async () => {
    const made = await ask('POST', rules(), people.maintainer.token, body);
    expect(made.status).toBe(201);
    const rule = JSON.parse(made.text) as Rule;
    expect(rule).toEqual({ id: rule.id, project_id: project.id, ...body, minimum_access_level_for_delete: null });
    expect(await server.api('GET', rules())).toEqual([rule]);
    const changed = await ask('PATCH', `${rules()}/${rule.id}`, people.maintainer.token, {
      minimum_access_level_for_push: null,
      minimum_access_level_for_delete: 'admin',
    });
    expect(changed.status).toBe(200);
    expect(JSON.parse(changed.text)).toMatchObject({
      minimum_access_level_for_push: null,
      minimum_access_level_for_delete: 'admin',
    });
    expect((await ask('DELETE', `${rules()}/${rule.id}`, people.maintainer.token)).status).toBe(204);
    expect((await ask('DELETE', `${rules()}/${rule.id}`, people.maintainer.token)).status).toBe(404);
    expect(await server.api('GET', rules())).toEqual([]);
  });

  test('refuses what can mean nothing, what is there, and too many', async () => {
    const status = async (change: Record<string, unknown>): Promise<number> =>
      (await ask('POST', rules(), server.rootToken, { ...body, ...change })).status;
    expect(await status({})).toBe(201);
    expect(await status({})).toBe(422);
    expect(await status({ package_name_pattern: 'a b' })).toBe(422);
    expect(await status({ package_name_pattern: '' })).toBe(400);
    expect(await status({ package_name_pattern: 'x'.repeat(256) })).toBe(400);
    expect(await status({ package_type: 'cobol' })).toBe(400);
    expect(await status({ minimum_access_level_for_push: 'developer' })).toBe(400);
    expect(await status({ minimum_access_level_for_delete: 'maintainer' })).toBe(400);
    const nothing = await ask('POST', rules(), server.rootToken, { package_name_pattern: 'x', package_type: 'npm' });
    expect(nothing.status).toBe(400);
    expect(nothing.text).toContain('at least one parameter must be provided');
    const [rule] = await server.api<Rule[]>('GET', rules());
    const empty = await ask('PATCH', `${rules()}/${rule?.id}`, server.rootToken, { minimum_access_level_for_push: '' });
    expect(empty.status).toBe(400);
    await status({ package_name_pattern: 'other' });
    const same = await ask('PATCH', `${rules()}/${rule?.id}`, server.rootToken, { package_name_pattern: 'other' });
    expect(same.status).toBe(422);
    const all = [];
    for (let index = 0; index < 99; index += 1) all.push(await status({ package_name_pattern: `many${index}` }));
    expect(all.at(-2)).toBe(201);
    expect(all.at(-1)).toBe(422);
  });

  test('is for maintainers of the project', async () => {
    const stranger = await server.createUser(`stranger${count}`);
    expect((await ask('GET', rules(), people.developer.token)).status).toBe(403);
    expect((await ask('POST', rules(), people.developer.token, body)).status).toBe(403);
    expect((await ask('POST', rules(), stranger.token, body)).status).toBe(404);
    expect((await ask('POST', rules(), deploy.token, body)).status).toBe(403);
    expect((await ask('POST', rules(), 'wrong', body)).status).toBe(401);
    const other = await server.createProject(`acme/elsewhere${count}`, 'private');
    const { id } = await protect(body);
    expect((await ask('DELETE', `${rules(other)}/${id}`, server.rootToken)).status).toBe(404);
  });
});
