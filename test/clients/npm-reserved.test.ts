/** npm where names are reserved: a higher version elsewhere is not installed, and another project can't publish. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { createRegistry, gid } from '../harness/virtual.ts';
import { type Client, describeClient } from './client.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { scene, type Scene } from './scene.ts';

let at: Scene;
/** What stands for the rest of the world. */
let world: TestServer;

beforeAll(async () => {
  at = await scene({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  world = await startServer();
});
afterAll(async () => {
  await at.end();
  await world.stop();
});

describeClient('npm@machine', reservations);

function reservations(npm: Client): void {
  let dora: NpmMachine;
  const names = (): string => `/groups/${at.acme.id}/-/virtual_registries/packages/npm/reserved_names`;

  beforeAll(async () => {
    await world.createGroup('world', 'public');
    const open = await world.createProject('world/open', 'public');
    const theirs = await npmMachine(npm, { registry: open.npm, token: world.rootToken });
    await theirs.publish({ name: 'knot-tools', version: '99.0.0' });
    await theirs.publish({ name: '@knots/lib', version: '99.0.0' });
    const registry = await createRegistry(at.server, at.acme, 'npm', [gid.project(at.secret.id), open.npm]);
    dora = await npmMachine(npm, { registry: `${registry.url}/`, token: at.developer.token });
  });

  test('what is reserved comes from nowhere else, until the reservation is given up', async () => {
    const made = [];
    for (const pattern of ['knot-*', '@knots/*']) {
      made.push(await at.server.api<{ id: number }>('POST', names(), { pattern }));
    }
    const consumer = await dora.consumer();
    for (const name of ['knot-tools', '@knots/lib', 'Knot_Tools']) {
      expect(await dora.fails(['install', name], { cwd: consumer })).toContain('E404');
    }
    for (const { id } of made) await at.server.api('DELETE', `${names()}/${id}`);
    await dora.ok(['cache', 'clean', '--force']);
    await dora.ok(['install', 'knot-tools', '@knots/lib'], { cwd: consumer });
    expect(await required(consumer, 'knot-tools')).toBe('knot-tools@99.0.0');
    expect(await required(consumer, '@knots/lib')).toBe('@knots/lib@99.0.0');
  });

  test('a project that a name isn’t reserved for is told so, and so is one whose rule asks for a higher role', async () => {
    await at.server.api('POST', names(), { pattern: '@rope/*', owner_project_id: at.secret.id });
    const other = await npmMachine(npm, { registry: at.other.npm, token: at.developer.token });
    expect(await other.fails(['publish'], { cwd: await other.packageFolder({ name: '@rope/lib' }) })).toContain(
      '@rope/lib is reserved by @rope/* for another project of the group.',
    );
    const ours = await npmMachine(npm, { registry: at.secret.npm, token: at.developer.token });
    await ours.publish({ name: '@rope/lib' });
    await at.server.api('POST', `/projects/${at.secret.id}/packages/protection/rules`, {
      package_name_pattern: '@rope/*',
      package_type: 'npm',
      minimum_access_level_for_push: 'maintainer',
    });
    const next = await ours.packageFolder({ name: '@rope/lib', version: '1.1.0' });
    expect(await ours.fails(['publish'], { cwd: next })).toContain('Package protected.');
  });
}
