/** Terraform modules through a virtual registry: a project of ours first, another module registry after it. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { gid } from '../harness/virtual.ts';
import { zip } from '../harness/zip.ts';
import { hostileTexts, moduleArchive, modulePath, terraformWire } from './terraform-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const at = virtualScene({ format: 'terraform' });

interface Offered {
  readonly version: string;
  /** `X-Terraform-Get`; the archive beside it when left out. */
  readonly source?: string;
  readonly publishedAt?: number;
}

const versionsOf = async (module: string): Promise<string[]> => {
  const { modules } = await at.json<{ modules: { versions: { version: string }[] }[] }>(
    `modules/v1/${module}/versions`,
  );
  return (modules[0]?.versions ?? []).map(({ version }) => version);
};

/** Puts a module into the upstream, found by service discovery. */
async function offer(module: string, versions: readonly Offered[]): Promise<void> {
  const { upstream } = at;
  upstream.on('/.well-known/terraform.json', { 'modules.v1': '/modules' });
  upstream.on(`/modules/${module}/versions`, { modules: [{ versions: versions.map(({ version }) => ({ version })) }] });
  for (const { version, source, publishedAt } of versions) {
    const plain = version.replace(/^v/, '');
    upstream.on(`/modules/${module}/${plain}/download`, (_request, response) => {
      const address = source ?? `./archive.tgz?checksum=${createHash('sha256').update(bytes).digest('hex')}`;
      response.writeHead(204, { 'x-terraform-get': address }).end();
    });
    const bytes = await moduleArchive(`${module} ${version}`);
    upstream.on(`/modules/${module}/${plain}/archive.tgz`, bytes);
    if (publishedAt !== undefined)
      upstream.on(`/modules/${module}/${plain}`, { published_at: new Date(publishedAt).toISOString() });
  }
}

interface Fetched {
  readonly status: number;
  readonly location: string;
  readonly bytes: Buffer | null;
  readonly text: string;
}

/** As Terraform does: the address with the credential, and then the archive without one. */
async function fetchModule(module: string, version: string): Promise<Fetched> {
  const url = `${at.registry.url}/modules/v1/${module}/${version}/download`;
  const found = await fetch(url, { headers: { authorization: `Bearer ${at.server.rootToken}` } });
  const location = found.headers.get('x-terraform-get') ?? '';
  const text = await found.text();
  if (found.status !== 204) return { status: found.status, location, bytes: null, text };
  const answer = await fetch(new URL(location.replace(/\/\/[^?]*/, ''), url));
  return { status: answer.status, location, bytes: Buffer.from(await answer.arrayBuffer()), text };
}

const module = (): string => `elsewhere/net${at.count}/aws`;

test('versions, addresses and archives come through us, and once', async () => {
  await offer(module(), [{ version: '1.0.0' }, { version: 'v1.1.0' }, { version: 'latest' }]);
  expect(await versionsOf(module())).toEqual(['1.0.0', '1.1.0']);
  const latest = await at.get(`modules/v1/${module()}/download`);
  expect(latest.status, latest.text).toBe(204);
  for (let times = 0; times < 2; times += 1) {
    const { location, bytes } = await fetchModule(module(), '1.1.0');
    expect(location).toMatch(/^\/api\/v4\/virtual_registries\/packages\/terraform\/\d+\/modules\/v1\/elsewhere\//);
    expect(location).toMatch(/\/file\?token=[^&]+&archive=tgz$/);
    expect(bytes?.equals(await moduleArchive(`${module()} v1.1.0`))).toBe(true);
  }
  expect(at.upstream.hits.get(`/modules/${module()}/1.1.0/archive.tgz`)).toBe(1);
  const text = JSON.stringify([
    await at.json(`modules/v1/${module()}/versions`),
    await at.json(`modules/v1/${module()}`),
  ]);
  expect(text).not.toContain(at.upstream.url);
  expect((await at.get(`modules/v1/${module()}/9.0.0/download`)).status).toBe(404);
  expect((await at.get(`modules/v1/elsewhere/nothing/aws/versions`)).status).toBe(404);
});

test('the address of a service instead of a host, a folder of the archive, and the body that OpenTofu reads', async () => {
  await at.renew([`${at.upstream.url}/modules`]);
  await offer(module(), [{ version: '1.0.0', source: '../1.0.0/archive.tgz//modules/part' }, { version: '2.0.0' }]);
  at.upstream.on(`/modules/${module()}/2.0.0/download`, { location: './archive.tgz' });
  const { location, bytes } = await fetchModule(module(), '1.0.0');
  expect(location).toMatch(/\/file\/\/modules\/part\?token=/);
  expect(bytes?.length).toBeGreaterThan(0);
  expect((await fetchModule(module(), '2.0.0')).status).toBe(200);
  expect(at.upstream.hits.get('/.well-known/terraform.json')).toBeUndefined();
});

test('what begins with our group is ours, however it is written, until it is shared', async () => {
  for (const name of ['acme', 'Acme', String(at.group.id)]) {
    await offer(`${name}/net${at.count}/aws`, [{ version: '99.0.0' }]);
    expect((await at.get(`modules/v1/${name}/net${at.count}/aws/versions`)).status).toBe(404);
    expect((await fetchModule(`${name}/net${at.count}/aws`, '99.0.0')).status).toBe(404);
  }
  expect([...at.upstream.hits.keys()]).toEqual([]);
  const wire = terraformWire(at.server);
  const name = `net${at.count}/aws`;
  const put = await wire('PUT', modulePath(at.project, name, '1.0.0'), { body: await moduleArchive('ours') });
  expect(put.status).toBe(201);
  expect(await versionsOf(`acme/${name}`)).toEqual(['1.0.0']);
  expect((await fetchModule(`acme/${name}`, '1.0.0')).bytes?.equals(await moduleArchive('ours'))).toBe(true);
  // The same name in another namespace is somebody else's.
  await offer(`elsewhere/${name}`, [{ version: '3.0.0' }]);
  expect(await versionsOf(`elsewhere/${name}`)).toEqual(['3.0.0']);
  await at.change({ shared_names: ['acme/*'] });
  expect(await versionsOf(`acme/${name}`)).toEqual(['1.0.0', '99.0.0']);
  expect((await fetchModule(`acme/${name}`, '1.0.0')).bytes?.equals(await moduleArchive('ours'))).toBe(true);
});

test('what begins with a path that our group had stays ours, also when another group takes it', async () => {
  const rename = (to: string): Promise<unknown> => at.server.api('PUT', `/groups/${at.group.id}`, { path: to });
  const name = `net${at.count}/aws`;
  const put = terraformWire(at.server)('PUT', modulePath(at.project, name, '1.0.0'), {
    body: await moduleArchive('x'),
  });
  expect((await put).status).toBe(201);
  await offer(`acme/${name}`, [{ version: '99.0.0' }]);
  await rename('apex');
  expect(await versionsOf(`apex/${name}`)).toEqual(['1.0.0']);
  expect((await at.get(`modules/v1/ACME/${name}/versions`)).status).toBe(404);
  const taken = await at.server.createGroup('acme');
  expect((await at.get(`modules/v1/acme/${name}/versions`)).status).toBe(404);
  expect([...at.upstream.hits.keys()]).toEqual([]);
  await at.server.api('DELETE', `/groups/${taken.id}`);
  await rename('acme');
  expect(await versionsOf(`acme/${name}`)).toEqual(['1.0.0']);
});

describe('tickets', () => {
  test('open one file of one registry, for as long as their holder may read it', async () => {
    await offer(module(), [{ version: '1.0.0' }, { version: '2.0.0' }]);
    const made = await at.server.createToken({ kind: 'personal', user: at.member, scopes: ['read_virtual_registry'] });
    const url = `${at.registry.url}/modules/v1/${module()}/1.0.0`;
    const found = await fetch(`${url}/download`, { headers: { authorization: `Bearer ${made.token}` } });
    const address = new URL(found.headers.get('x-terraform-get') ?? '', url).href;
    const statusOf = async (of: string): Promise<number> => (await fetch(of)).status;
    expect(await statusOf(address)).toBe(200);
    expect(await statusOf(`${url}/file`)).toBe(401);
    expect(await statusOf(`${url}/file?token=forged`)).toBe(401);
    expect(await statusOf(address.replace('/1.0.0/', '/2.0.0/'))).toBe(401);
    const others = `/virtual_registries/packages/terraform/registries`;
    const other = await at.server.api<{ id: number }>(
      'POST',
      `/groups/${at.group.id}/-${others.slice(0, -11)}/registries`,
      { name: 'b' },
    );
    await at.server.api('POST', `${others}/${other.id}/upstreams`, { url: gid.project(at.project.id) });
    expect(await statusOf(address.replace(/terraform\/\d+\//, `terraform/${other.id}/`))).toBe(401);
    // Somebody else's credential beside it changes nothing.
    expect((await fetch(address, { headers: { 'private-token': at.server.rootToken } })).status).toBe(200);
    await made.revoke();
    expect(await statusOf(address)).toBe(401);
    at.now += 6 * 60_000;
  });

  test('nobody reads without belonging to the group', async () => {
    await offer(module(), [{ version: '1.0.0' }]);
    const stranger = await at.server.createUser(`stranger-${at.count}`);
    const statusOf = async (path: string, token?: string): Promise<number> =>
      (await fetch(`${at.registry.url}/${path}`, token === undefined ? {} : { headers: { 'private-token': token } }))
        .status;
    for (const path of ['versions', '1.0.0/download', '1.0.0/file']) {
      expect(await statusOf(`modules/v1/${module()}/${path}`)).toBe(401);
      expect(await statusOf(`modules/v1/${module()}/${path}`, stranger.token)).toBe(404);
    }
    expect([...at.upstream.hits.keys()]).toEqual([]);
  });
});

describe('an upstream that lies', () => {
  test.each([
    ['sends us to an internal address', 'http://127.0.0.1:9/x.tgz', 502],
    ['sends us to the metadata of a cloud', 'http://169.254.169.254/x.tgz', 502],
    ['sends us to another site', 'https://files.example.com/x.tgz', 502],
    ['has a user name in the address', 'https://me:secret@files.example.com/x.tgz', 502],
    ['promises another digest', `./archive.tgz?checksum=sha256:${'0'.repeat(64)}`, 502],
    ['has a page where the archive should be', './page.tgz', 502],
    ['redirects to an internal address', './redirect.tgz', 502],
    ['has another kind of archive', './archive.tgz?archive=zip', 502],
    ['has its modules in Git', 'git::ssh://git@example.com/x.git?ref=v1.0.0', 501],
    ['has its modules in a bucket', 's3::https://s3.amazonaws.com/bucket/x.zip', 501],
    ['climbs out of the archive', './archive.tgz//../../etc', 501],
    ['points to something that is no archive', 'https://example.com/module', 501],
  ])('%s', async (_what, source, status) => {
    await offer(module(), [{ version: '1.0.0', source }]);
    at.upstream.on(`/modules/${module()}/1.0.0/page.tgz`, '<!doctype html><title>Sign in</title> and so on and so on');
    at.upstream.on(`/modules/${module()}/1.0.0/redirect.tgz`, (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/x.tgz' }).end();
    });
    const answer = await fetchModule(module(), '1.0.0');
    expect(answer.status, answer.text).toBe(status);
    expect(answer.location).toBe('');
    if (status === 501) expect(answer.text).toMatch(/elsewhere\/net\d+\/aws 1\.0\.0 .*can't be kept here/);
  });

  test.each([
    ['discovery', '/.well-known/terraform.json', '<!doctype html>'],
    ['the list of versions', undefined, '<!doctype html>'],
    ['a list of nothing', undefined, '{}'],
  ])('with nonsense for %s is 502, and never an empty list', async (_what, path, nonsense) => {
    await offer(module(), [{ version: '1.0.0' }]);
    at.upstream.on(path ?? `/modules/${module()}/versions`, nonsense);
    expect((await at.get(`modules/v1/${module()}/versions`)).status).toBe(502);
  });

  test('with other bytes later is 502, though everything was purged', async () => {
    await offer(module(), [{ version: '1.0.0', source: './archive.tgz' }]);
    expect((await fetchModule(module(), '1.0.0')).status).toBe(200);
    await at.server.api('DELETE', `/virtual_registries/packages/terraform/upstreams/${at.upstreamId}/cache`);
    at.upstream.on(`/modules/${module()}/1.0.0/archive.tgz`, await moduleArchive('something else'));
    expect((await fetchModule(module(), '1.0.0')).status).toBe(502);
    // Nor as another kind of archive, at another place.
    await offer(module(), [{ version: '1.0.0', source: './archive.zip' }]);
    at.upstream.on(`/modules/${module()}/1.0.0/archive.zip`, zip([{ name: 'main.tf', body: '# something else' }]));
    await at.server.api('DELETE', `/virtual_registries/packages/terraform/upstreams/${at.upstreamId}/cache`);
    expect((await fetchModule(module(), '1.0.0')).status).toBe(502);
  });
});

test('policy: rules in any spelling, ages from each version’s own document, unknown ones hidden', async () => {
  const old = at.now - 48 * hour;
  await offer(module(), [
    { version: '1.0.0', publishedAt: old },
    { version: '1.1.0' },
    { version: '2.0.0', publishedAt: at.now - hour },
    { version: '3.0.0', publishedAt: old },
  ]);
  await at.changeUpstream({ rules: [{ kind: 'deny', name: module().toUpperCase(), version: '3.*' }] });
  expect(await versionsOf(module())).toEqual(['1.0.0', '1.1.0', '2.0.0']);
  await at.change({ minimum_release_age_hours: 24 });
  expect(await versionsOf(module())).toEqual(['1.0.0']);
  expect((await fetchModule(module(), '1.0.0')).status).toBe(200);
  for (const version of ['1.1.0', '2.0.0', '3.0.0']) {
    expect((await fetchModule(module(), version)).status).toBe(404);
    expect((await at.get(`modules/v1/${module()}/${version}/file`)).status).toBe(404);
  }
  const why = `/virtual_registries/packages/terraform/registries/${at.registry.id}/explain?package=${module()}`;
  const told = JSON.stringify(await at.server.api('GET', why));
  for (const rule of ['release-age', 'unknown-date', 'deny']) expect(told).toContain(`"${rule}"`);
  await at.change({ unknown_release_date: 'allow' });
  expect(await versionsOf(module())).toEqual(['1.0.0', '1.1.0']);
  await at.changeUpstream({ rules: [{ kind: 'deny', name: 'elsewhere/*' }] });
  expect((await at.get(`modules/v1/${module()}/versions`)).status).toBe(403);
});

test('dates of many versions are asked for a part at a time, the newest first, and once', async () => {
  const many = Array.from({ length: 100 }, (_none, minor) => ({
    version: `1.${minor}.0`,
    publishedAt: at.now - 48 * hour,
  }));
  await offer(module(), many);
  await at.change({ minimum_release_age_hours: 24 });
  const dated = (): number =>
    many.filter(({ version }) => at.upstream.hits.has(`/modules/${module()}/${version}`)).length;
  for (const shown of [40, 80, 100, 100]) {
    const versions = await versionsOf(module());
    expect([versions.length, versions.at(-1), dated()]).toEqual([shown, '1.99.0', shown]);
  }
  expect(at.upstream.hits.get(`/modules/${module()}/1.99.0`)).toBe(1);
});

test('hostile addresses are no 500, and ask nobody elsewhere', async () => {
  for (const text of hostileTexts) {
    const part = encodeURIComponent(text);
    for (const path of [
      `modules/v1/${part}/net/aws/versions`,
      `modules/v1/elsewhere/${part}/aws/versions`,
      `modules/v1/elsewhere/net/${part}/versions`,
      `modules/v1/elsewhere/net/aws/${part}/download`,
      `modules/v1/elsewhere/net/aws/${part}/file?token=${part}`,
    ])
      expect([400, 401, 404, 405], path).toContain((await at.get(path)).status);
  }
  expect([...at.upstream.hits.keys()].filter((path) => !path.startsWith('/.well-known'))).toEqual([]);
});

test('warm answers when the upstream is down', async () => {
  await offer(module(), [{ version: '1.0.0' }, { version: '1.1.0' }]);
  await versionsOf(module());
  await fetchModule(module(), '1.0.0');
  at.upstream.down();
  at.now += 48 * hour;
  expect(await versionsOf(module())).toEqual(['1.0.0', '1.1.0']);
  expect((await fetchModule(module(), '1.0.0')).status).toBe(200);
  expect((await fetchModule(module(), '1.1.0')).status).toBe(502);
  expect((await at.get('modules/v1/elsewhere/never/asked/versions')).status).toBe(502);
});

describe('another Packyard as the upstream', () => {
  const api = '/virtual_registries/packages/terraform';
  let other: TestServer;
  let body: Buffer;
  let theirs: { url: string; username: string; password: string };

  beforeAll(async () => {
    other = await startServer({ now: () => at.now });
    const group = await other.createGroup('elsewhere', 'private');
    const project = await other.createProject('elsewhere/app', 'private');
    const wire = terraformWire(other);
    body = await moduleArchive('theirs');
    for (const version of ['1.0.0', '1.1.0'])
      expect((await wire('PUT', modulePath(project, 'net/aws', version), { body })).status).toBe(201);
    const scopes = ['read_package_registry'];
    const { token, username } = await other.createToken({ kind: 'deploy', of: group, scopes, username: 'us' });
    theirs = { url: other.url, username: username ?? '', password: token };
    return () => other.stop();
  });

  test('its addresses end, and are asked for again', async () => {
    const { id: upstreamId } = (await at.renew([theirs])).upstreams[0] ?? { id: 0 };
    expect((await fetchModule('elsewhere/net/aws', '1.1.0')).bytes?.equals(body)).toBe(true);
    at.now += 10 * 60_000;
    // The documents stay, and are young enough.
    const entries = await at.server.api<{ id: number }[]>('GET', `${api}/upstreams/${upstreamId}/cache_entries`);
    for (const { id } of entries) await at.server.api('DELETE', `${api}/cache_entries/${id}`);
    expect((await fetchModule('elsewhere/net/aws', '1.1.0')).bytes?.equals(body)).toBe(true);
    // Dates stand in its list: no version is asked alone.
    await at.change({ minimum_release_age_hours: 24 });
    expect((await at.get('modules/v1/elsewhere/net/aws/versions')).status).toBe(403);
    await at.server.api('DELETE', `${api}/upstreams/${upstreamId}`);
  });

  test('answers 403 for groups that it hasn’t: its rules say what it is for, and others may answer then', async () => {
    await offer('wide/net/aws', [{ version: '5.0.0' }]);
    const { id: upstreamId } = (await at.renew([theirs, `${at.remote}/modules`])).upstreams[0] ?? { id: 0 };
    expect((await at.get('modules/v1/wide/net/aws/versions')).status).toBe(502);
    await at.server.api('PATCH', `${api}/upstreams/${upstreamId}`, { rules: [{ kind: 'allow', name: 'Elsewhere/*' }] });
    expect(await versionsOf('wide/net/aws')).toEqual(['5.0.0']);
    expect((await fetchModule('wide/net/aws', '5.0.0')).status).toBe(200);
    expect(await versionsOf('elsewhere/net/aws')).toEqual(['1.0.0', '1.1.0']);
    expect((await at.get('modules/v1/narrow/net/aws/versions')).text).toContain('none of them allows this name');
  });
});

test('the dependency proxy of a project', async () => {
  await offer(module(), [{ version: '1.0.0' }]);
  await at.server.api('PUT', `/projects/${at.project.id}/dependency_proxy/settings/terraform`, {
    url: at.upstream.url,
  });
  const base = `${at.server.url}/api/v4/projects/${at.project.id}/dependency_proxy/packages/terraform/modules/v1`;
  const headers = { authorization: `Bearer ${at.member.token}` };
  const found = await fetch(`${base}/${module()}/1.0.0/download`, { headers });
  expect(found.status).toBe(204);
  const archive = await fetch(new URL(found.headers.get('x-terraform-get') ?? '', base));
  expect(Buffer.from(await archive.arrayBuffer()).equals(await moduleArchive(`${module()} 1.0.0`))).toBe(true);
});
