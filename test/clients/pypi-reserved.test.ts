/** pip, twine and uv where names are reserved: nothing is installed from elsewhere, and another project can't upload. */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { uploadForm, wheel } from '../harness/python-packages.ts';
import { startServer } from '../harness/server.ts';
import { createRegistry } from '../harness/virtual.ts';
import { describeClient } from './client.ts';
import { type PypiScene, pypiScene, withLogin } from './pypi-scene.ts';
import { installed, pythonMachine, workshop } from './python-machine.ts';

let at: PypiScene;
/** Index of what stands for the rest of the world. */
let elsewhere: string;

beforeAll(async () => {
  at = await pypiScene({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  const world = await startServer();
  await world.createGroup('world', 'public');
  const open = await world.createProject('world/open', 'public');
  elsewhere = `${world.url}/api/v4/projects/${open.id}/packages/pypi`;
  const headers = { 'private-token': world.rootToken };
  const body = uploadForm(wheel({ name: 'acme-extra', version: '99.0' }));
  expect((await fetch(elsewhere, { method: 'POST', headers, body })).status).toBe(201);
  return async () => {
    await at.end();
    await world.stop();
  };
});

const names = (): string => `/groups/${at.acme.id}/-/virtual_registries/packages/pypi/reserved_names`;

describeClient('pip@26', (pip) => {
  test('what is reserved comes from nowhere else, until the reservation is given up', async () => {
    const { url } = await createRegistry(at.server, at.acme, 'pypi', [`${elsewhere}/simple`]);
    const index = withLogin(`${url}/simple/`, [at.developer.username, at.developer.token]);
    const box = await pythonMachine(pip);
    const install = ['install', '--target', 'here', '--no-cache-dir', '--index-url', index, 'Acme_Extra'];
    const { id } = await at.server.api<{ id: number }>('POST', names(), { pattern: 'acme-e*' });
    expect(await box.fails(install)).toMatch(/No matching distribution found for Acme_Extra/i);
    await at.server.api('DELETE', `${names()}/${id}`);
    await box.ok(install);
    expect(await installed(path.join(box.home, 'here'))).toEqual({ 'acme-extra': '99.0' });
  });
});

const told = 'kept-lib is reserved by kept-* for another project of the group';
const reserve = (): Promise<unknown> =>
  at.server.api('POST', names(), { pattern: 'kept-*', owner_project_id: at.secret.id }).catch(() => null);

describeClient('twine@4', (twine) => {
  test('an upload to another project is refused with the reason', async () => {
    await reserve();
    const box = await workshop(twine, wheel({ name: 'kept-lib', version: '1.0' }));
    const words = 'upload --non-interactive --disable-progress-bar --repository-url'.split(' ');
    const login = ['--username', at.developer.username, '--password', at.developer.token];
    const refused = await box.fails([...words, at.upload(at.other), ...login, 'dist/*']);
    expect(refused.replaceAll(/\s+/g, ' ')).toContain(told);
    await box.ok([...words, at.upload(at.secret), ...login, 'dist/*']);
  });
});

describeClient('uv', (uv) => {
  test('an upload to another project is refused with the reason', async () => {
    await reserve();
    const box = await workshop(uv, wheel({ name: 'kept-lib', version: '2.0' }));
    const login = ['--username', at.developer.username, '--password', at.developer.token];
    const refused = await box.fails(['publish', '--publish-url', at.upload(at.other), ...login]);
    expect(refused.replaceAll(/\s+/g, ' ')).toContain(told);
  });
});
