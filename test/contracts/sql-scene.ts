/** Requests that make the stores say what they can say. `sql-jobs-scene.ts` has what no request asks for. */
import { expect } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { type RestRequest, restOf } from '../harness/rest.ts';
import type { TestServer } from '../harness/types.ts';
import { type NpmWire, npmWire } from '../wire/npm-wire.ts';

type Call = (method: string, path: string, request?: RestRequest) => Promise<unknown>;

/** `between` = while everything is there. */
export async function playScene(server: TestServer, between: () => Promise<void>): Promise<void> {
  const rest = restOf(server);
  const call: Call = async (method, path, request = {}) => {
    const answer = await rest(method, path, { token: server.rootToken, ...request });
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(400);
    return answer.body;
  };
  const ann = await server.createUser('ann');
  const bob = await server.createUser('bob');
  const acme = await server.createGroup('acme', 'public');
  await server.createGroup('acme/tools');
  const project = await server.createProject('acme/app', 'internal');
  await server.addMember(project, ann, 'developer');
  await server.addMember(acme, bob, 'owner');
  await people(call, ann.id, bob.id);
  await places(call, acme.id, project.id, ann.id);
  await tokens(server, call, project.id, acme.id, ann.id);
  await npmPackages(server, project.npm, ann.token);
  await namedMaintainer(
    npmWire(project.npm, server.rootToken),
    npmWire(project.npm, (await server.createUser('cid')).token),
  );
  await webLogin(server, npmWire(project.npm, server.rootToken));
  await genericFiles(server, project.generic);
  await lists(server, call, project.id, acme.id, ann.token);
  await between();
  await removals(call, project.id, acme.id, bob.id);
}

async function people(call: Call, ann: number, bob: number): Promise<void> {
  await call('PUT', `/users/${ann}`, {
    json: { name: 'Ann', username: 'anna', email: null, password: 'another horse' },
  });
  await call('PUT', `/users/${bob}`, { json: { admin: true } });
  await call('PUT', `/users/${bob}`, { json: { admin: false } });
  await call('POST', `/users/${bob}/block`);
  await call('POST', `/users/${bob}/unblock`);
  await call('GET', `/users/${ann}`);
  await call('GET', '/users?search=a&active=true&order_by=name');
  await call('GET', '/users?admins=true&blocked=true&order_by=username&sort=asc');
  await call('GET', '/users?username=anna&order_by=created_at&per_page=1&page=2');
}

async function places(call: Call, group: number, project: number, ann: number): Promise<void> {
  await call('PUT', `/groups/${group}`, { json: { name: 'Acme', description: 'All of it' } });
  await call('PUT', `/groups/${group}`, { json: { visibility: 'internal' } });
  await call('PUT', `/groups/${group}`, { json: { path: 'acme2' } });
  await call('PUT', `/projects/${project}`, { json: { path: 'app2', visibility: 'private', name: 'App' } });
  await call('PUT', `/projects/${project}`, { json: { visibility: 'internal' } });
  await call('GET', '/groups?top_level_only=true&search=ac&owned=true&order_by=path');
  await call('GET', `/groups/${group}/subgroups?order_by=id`);
  await call('GET', `/groups/${group}/descendant_groups`);
  await call('GET', `/groups/acme2%2Ftools`);
  await call('GET', '/namespaces?search=acme');
  await call('GET', `/projects?membership=true&search=app&visibility=internal&order_by=name`);
  await call('GET', `/projects?owned=true&order_by=updated_at`);
  await call('GET', `/groups/${group}/projects?include_subgroups=true&order_by=path`);
  await call('GET', `/projects/acme2%2Fapp2`);
  for (const of of [`/groups/${group}`, `/projects/${project}`]) {
    await call('GET', `${of}/members?query=a`);
    await call('GET', `${of}/members/all`);
    await call('GET', `${of}/members/all/${ann}`).catch(() => undefined);
  }
  await call('PUT', `/projects/${project}/members/${ann}`, { json: { access_level: 40, expires_at: '2090-01-31' } });
}

async function tokens(server: TestServer, call: Call, project: number, group: number, ann: number): Promise<void> {
  const scopes = ['read_api'];
  for (const of of [`/projects/${project}`, `/groups/${group}`]) {
    const access = (await call('POST', `${of}/access_tokens`, {
      json: { name: 'bot', scopes, access_level: 20, expires_at: '2090-01-31' },
    })) as { id: number };
    await call('GET', `${of}/access_tokens?state=active`);
    await call('POST', `${of}/access_tokens/${access.id}/rotate`);
    const deploy = (await call('POST', `${of}/deploy_tokens`, {
      json: { name: 'deploy', scopes: ['read_package_registry'] },
    })) as { id: number; token: string };
    await call('GET', `${of}/deploy_tokens`);
    await fetch(`${server.url}/api/v4/projects/${project}/packages/npm/nothing`, {
      headers: { 'deploy-token': deploy.token },
    });
    await fetch(`${server.url}/api/v4/groups/${group}/-/packages/npm/nothing`, {
      headers: { 'deploy-token': deploy.token },
    });
    await fetch(`${server.url}/api/v4/packages/npm/nothing`, { headers: { 'deploy-token': deploy.token } });
    await call('DELETE', `${of}/deploy_tokens/${deploy.id}`);
  }
  const made = (await call('POST', `/users/${ann}/personal_access_tokens`, { json: { name: 'p', scopes } })) as {
    id: number;
  };
  await call('GET', `/personal_access_tokens?user_id=${ann}&revoked=false&search=p&state=active`);
  await call('GET', '/personal_access_tokens?state=inactive&sort=desc');
  await call('DELETE', `/personal_access_tokens/${made.id}`);
}

async function npmPackages(server: TestServer, registry: string, token: string): Promise<void> {
  const npm = npmWire(registry, token);
  const asRoot = npmWire(registry, server.rootToken);
  const send = async (by: NpmWire, method: string, path: string, json?: unknown): Promise<void> => {
    const answer = await by.send(method, path, json === undefined ? undefined : JSON.stringify(json));
    expect(answer.status, `${method} ${path}: ${answer.bytes.toString()}`).toBeLessThan(400);
  };
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    const manifest = { description: 'Of the scene', keywords: ['scene'] };
    const of = await npmPackage({ name: '@acme/lib', version, manifest });
    expect((await npm.put(of)).status).toBe(201);
    expect((await npm.put(of)).status).toBe(403);
    // Grown, so that only what changed is read.
    await send(npm, 'GET', '@acme%2flib');
  }
  await send(npm, 'PUT', '-/package/@acme%2flib/dist-tags/next', '2.0.0');
  await send(asRoot, 'DELETE', '-/package/@acme%2flib/dist-tags/next');
  await send(npm, 'PUT', '-/user/v1/star', { name: '@acme/lib' }).catch(() => undefined);
  await send(npm, 'PUT', '-/user/package/@acme%2flib/star').catch(() => undefined);
  await send(npm, 'DELETE', '-/user/package/@acme%2flib/star').catch(() => undefined);
  await send(npm, 'GET', '-/user/anna/stars');
  await send(asRoot, 'PUT', '-/package/@acme%2flib/owners', { user: 'bob' });
  await send(npm, 'GET', '-/package/@acme%2flib/collaborators');
  await send(npm, 'GET', '-/v1/search?text=scene%20keywords:scene%20maintainer:anna%20author:anna%20scope:acme');
  await send(npm, 'GET', '-/user/anna/package');
  await send(npm, 'GET', '-/org/acme2/package');
  await send(npm, 'GET', '-/npm/v1/user');
  await send(npm, 'GET', '-/npm/v1/tokens');
  await send(npm, 'GET', '@acme%2flib/-/lib-1.0.0.tgz');
  for (const view of [`groups/acme2/-/packages`, 'packages']) {
    for (const by of [server.rootToken, null, token]) {
      await npmWire(`${server.url}/api/v4/${view}/npm/`, by).send('GET', '@acme%2flib');
    }
  }
}

/** Somebody who is no member, and may publish one package by name. */
async function namedMaintainer(asRoot: NpmWire, npm: NpmWire): Promise<void> {
  await asRoot.put(await npmPackage({ name: 'solo' }), { tag: 'beta' });
  await asRoot.send('PUT', '-/package/solo/owners', JSON.stringify({ user: 'cid' }));
  expect((await npm.put(await npmPackage({ name: 'solo', version: '2.0.0' }))).status).toBe(201);
  const deprecated = { versions: { '1.0.0': { name: 'solo', version: '1.0.0', deprecated: 'old' } } };
  const answer = await asRoot.send('PUT', 'solo', JSON.stringify({ _id: 'solo', name: 'solo', ...deprecated }));
  expect(answer.status, answer.bytes.toString()).toBe(200);
}

async function webLogin(server: TestServer, npm: NpmWire): Promise<void> {
  const { loginUrl, doneUrl } = (await npm.send('POST', '-/v1/login', '{}')).json as Record<string, string>;
  await fetch(loginUrl ?? '');
  const form = new URLSearchParams({ username: 'root', password: server.rootPassword });
  const page = await fetch(loginUrl ?? '', { method: 'POST', body: form, headers: { origin: server.url } });
  expect(page.status).toBeLessThan(400);
  expect((await fetch(doneUrl ?? '')).status).toBe(200);
}

async function genericFiles(server: TestServer, generic: string): Promise<void> {
  const headers = { 'private-token': server.rootToken };
  for (const [path, more] of [
    ['tool/1.0/a.bin', {}],
    ['tool/1.0/a.bin', {}],
    ['tool/1.0/sub/b.bin?status=hidden&select=package_file', {}],
    ['tool/2.0/a.bin', { 'if-none-match': '*' }],
  ] as const) {
    const answer = await fetch(`${generic}/${path}`, { method: 'PUT', body: path, headers: { ...headers, ...more } });
    expect(answer.status, await answer.text()).toBeLessThan(400);
  }
  expect((await fetch(`${generic}/tool/1.0/a.bin`, { headers })).status).toBe(200);
}

async function lists(server: TestServer, call: Call, project: number, group: number, token: string): Promise<void> {
  for (const by of [{}, { token }]) {
    await call('GET', `/projects/${project}/packages?package_type=npm&package_name=lib&order_by=version`, by);
    await call('GET', `/projects/${project}/packages?order_by=created_at&include_versionless=true`, by);
    await call('GET', `/groups/${group}/packages?exclude_subgroups=true&order_by=name&status=hidden`, by).catch(
      () => undefined,
    );
    await call('GET', `/groups/${group}/packages?order_by=project_path&package_version=1.0.0`, by).catch(
      () => undefined,
    );
    await call('GET', `/groups/${group}/packages?order_by=type&per_page=1&page=2`, by).catch(() => undefined);
  }
  const found = (await call('GET', `/projects/${project}/packages`)) as { id: number }[];
  const one = `/projects/${project}/packages/${found[0]?.id}`;
  await call('GET', one);
  const files = (await call('GET', `${one}/package_files?order_by=file_name`)) as { id: number }[];
  await call('GET', `${one}/package_files/${files[0]?.id}/download`);
  const events = (await call('GET', '/audit_events?per_page=5')) as { id: number }[];
  await call('GET', `/audit_events/${events[0]?.id}`);
  await call('GET', `/projects/${project}/audit_events`);
  await advisories(call);
  for (const path of ['', '-/health', '-/readiness', '-/metrics']) await fetch(`${server.url}/${path}`);
}

async function advisories(call: Call): Promise<void> {
  const affected = [{ package: { ecosystem: 'npm', name: 'lib' }, versions: ['1.0.0'] }];
  const record = { id: 'X-1', modified: '2026-01-01T00:00:00Z', affected };
  await call('POST', '/advisories', { json: { advisories: [record] } });
  await call('GET', '/advisories?package_type=npm&package_name=lib');
  await call('POST', '/advisories', { json: { advisories: [{ ...record, withdrawn: '2026-01-01T00:00:00Z' }] } });
}

async function removals(call: Call, project: number, group: number, bob: number): Promise<void> {
  const found = (await call('GET', `/projects/${project}/packages`)) as { id: number }[];
  for (const { id } of found.slice(0, 1)) {
    const files = (await call('GET', `/projects/${project}/packages/${id}/package_files`)) as { id: number }[];
    await call('DELETE', `/projects/${project}/packages/${id}/package_files/${files[0]?.id}`);
  }
  for (const { id } of found) await call('DELETE', `/projects/${project}/packages/${id}`);
  await call('DELETE', `/groups/${group}/members/${bob}`);
  await call('DELETE', `/projects/${project}`);
  await call('DELETE', `/groups/${group}`);
  await call('DELETE', `/users/${bob}?hard_delete=true`);
}
