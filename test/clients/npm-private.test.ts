import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('npm@machine', (npm) => {
  const machineOf = (token?: string): Promise<NpmMachine> =>
    npmMachine(npm, { registry: at.secret.npm, ...(token === undefined ? {} : { token }) });

  beforeAll(async () => {
    await (await machineOf(at.developer.token)).publish({ name: '@acme/plan' });
  });

  test('without a token: told to sign in, and tarballs are not there', async () => {
    const nobody = await machineOf();
    expect(await nobody.fails(['view', '@acme/plan'])).toContain('E401');
    expect(await nobody.fails(['install', '@acme/plan'], { cwd: await nobody.consumer() })).toContain('E401');
    const tarball = `${at.secret.npm}@acme/plan/-/plan-1.0.0.tgz`;
    expect(await nobody.fails(['install', tarball], { cwd: await nobody.consumer() })).toContain('E404');
  });

  test('a stranger’s token: nothing is there', async () => {
    const sten = await machineOf(at.stranger.token);
    expect(await sten.fails(['view', '@acme/plan'])).toContain('E404');
    expect(await sten.fails(['publish'], { cwd: await sten.packageFolder({ name: '@acme/theirs' }) })).toContain(
      'E404',
    );
  });

  test('a guest reads and doesn’t write', async () => {
    const gus = await machineOf(at.guest.token);
    const folder = await gus.consumer();
    await gus.ok(['install', '@acme/plan'], { cwd: folder });
    expect(await required(folder, '@acme/plan')).toBe('@acme/plan@1.0.0');
    expect(await gus.fails(['publish'], { cwd: await gus.packageFolder({ name: '@acme/guest' }) })).toContain('E403');
    expect(await gus.fails(['dist-tag', 'add', '@acme/plan@1.0.0', 'mine'])).toContain('E403');
  });

  test('a read-only deploy token reads and doesn’t write; one for writing publishes', async () => {
    const [read, write] = [
      await at.server.createToken({ kind: 'deploy', of: at.secret, scopes: ['read_package_registry'] }),
      await at.server.createToken({ kind: 'deploy', of: at.secret, scopes: ['write_package_registry'] }),
    ];
    const reader = await machineOf(read.token);
    await reader.ok(['view', '@acme/plan', 'version']);
    expect(await reader.fails(['publish'], { cwd: await reader.packageFolder({ name: '@acme/by-reader' }) })).toContain(
      'E403',
    );
    await (await machineOf(write.token)).publish({ name: '@acme/by-deploy-token' });
  });

  test('a project’s own access token publishes there, and another project’s doesn’t even read', async () => {
    const order = { kind: 'access', level: 'developer', scopes: ['api'] } as const;
    const own = await at.server.createToken({ ...order, of: at.secret });
    await (await machineOf(own.token)).publish({ name: '@acme/by-bot' });
    const others = await at.server.createToken({ ...order, of: at.other });
    expect(await (await machineOf(others.token)).fails(['view', '@acme/plan'])).toContain('E404');
  });

  test('a revoked token stops at the next request', async () => {
    const token = await at.server.createToken({ kind: 'personal', user: at.developer, scopes: ['api'] });
    const dora = await machineOf(token.token);
    await dora.ok(['view', '@acme/plan', 'version']);
    await token.revoke();
    expect(await dora.fails(['view', '@acme/plan', 'version'])).toContain('E401');
  });

  test('a personal token for reading only doesn’t publish', async () => {
    const token = await at.server.createToken({ kind: 'personal', user: at.developer, scopes: ['read_api'] });
    const dora = await machineOf(token.token);
    await dora.ok(['view', '@acme/plan', 'version']);
    expect(await dora.fails(['publish'], { cwd: await dora.packageFolder({ name: '@acme/read-api' }) })).toContain(
      'E403',
    );
  });

  test('user name and password work where a token does', async () => {
    const basic = Buffer.from(`${at.developer.username}:${at.developer.password}`).toString('base64');
    const registry = at.secret.npm;
    const dora = await npmMachine(npm, { registry }, [`${registry.replace('http:', '')}:_auth=${basic}`]);
    expect((await dora.ok(['view', '@acme/plan', 'version'])).trim()).toBe('1.0.0');
  });

  test('the group’s view shows a member what the project holds, and nobody else', async () => {
    const gus = await npmMachine(npm, { registry: at.acme.npm, token: at.guest.token });
    const folder = await gus.consumer();
    await gus.ok(['install', '@acme/plan'], { cwd: folder });
    expect(await required(folder, '@acme/plan')).toBe('@acme/plan@1.0.0');
    const sten = await npmMachine(npm, { registry: at.acme.npm, token: at.stranger.token });
    expect(await sten.fails(['view', '@acme/plan'])).toContain('E404');
    expect(await sten.json(['search', 'plan'])).toEqual([]);
  });
});
