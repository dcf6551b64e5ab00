import { beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../harness/types.ts';
import { describeClient } from './client.ts';
import { dependencies, type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { listedIn, type NuGetScene, nugetScene } from './nuget-scene.ts';

let at: NuGetScene;

beforeAll(async () => {
  at = await nugetScene();
  await at.push(at.nuget.open, [
    { id: 'Acme.Both', version: '1.0.0' },
    { id: 'Acme.App', version: '1.0.0', metadata: dependencies({ 'Acme.Hidden': '1.0' }) },
  ]);
  await at.push(at.nuget.secret, [
    { id: 'Acme.Both', version: '2.0.0' },
    { id: 'Acme.Hidden', version: '1.5.0' },
  ]);
  return at.end;
});

describeClient('nuget@5', (nuget) => {
  const as = (base: string, user?: Pick<TestUser, 'username' | 'token'>): Promise<NuGetMachine> =>
    nugetMachine(nuget, { url: `${base}/index.json`, ...(user && { username: user.username, token: user.token }) });
  const installs = async (box: NuGetMachine, ...args: string[]): Promise<readonly string[]> => {
    await box.ok(['install', ...args, '-OutputDirectory', 'out']);
    return box.installed('out');
  };

  test('a private source asks for credentials, and takes a user’s, and a deploy token’s', async () => {
    const nobody = await as(at.nuget.secret);
    const refused = await nobody.fails(['install', 'Acme.Hidden', '-OutputDirectory', 'out']);
    expect(refused).toContain('401 (');
    expect(await installs(await as(at.nuget.secret, at.developer), 'Acme.Hidden')).toEqual(['Acme.Hidden.1.5.0']);
    const { token, username } = await at.server.createToken({
      kind: 'deploy',
      of: at.secret,
      scopes: ['read_package_registry'],
      username: 'restorer',
    });
    const deploy = await as(at.nuget.secret, { username: username ?? '', token });
    expect(await installs(deploy, 'Acme.Hidden')).toEqual(['Acme.Hidden.1.5.0']);
    expect(listedIn(await deploy.ok(['list', 'hidden']))).toEqual(['Acme.Hidden 1.5.0']);
  });

  test('a wrong password, and a user who may not see the project, are refused', async () => {
    const wrong = await as(at.nuget.secret, { username: at.developer.username, token: 'pkyp_wrong' });
    expect(await wrong.fails(['install', 'Acme.Hidden', '-OutputDirectory', 'out'])).toContain('401 (');
    const stranger = await as(at.nuget.secret, at.stranger);
    const refused = await stranger.fails(['install', 'Acme.Hidden', '-OutputDirectory', 'out']);
    expect(refused).toMatch(/404 \(Project Not Found\)|Unable to find package/);
    const lies = await as(at.nuget.open, { username: at.developer.username, token: 'pkyp_wrong' });
    expect(await installs(lies, 'Acme.Both')).toEqual(['Acme.Both.1.0.0']);
  });

  test('push to a private project, the key alone or a password', async () => {
    const file = { id: 'Acme.Pushed', version: '1.0.0' };
    const key = await as(at.nuget.secret);
    const target = ['-Source', `${at.nuget.secret}/index.json`];
    await key.ok(['push', await key.packageFile(file), ...target, '-ApiKey', at.developer.token]);
    const password = await as(at.nuget.secret, at.developer);
    const next = await password.packageFile({ ...file, version: '1.1.0' });
    await password.ok(['push', next, '-Source', 'acme', '-ApiKey', 'az']);
    expect(await password.ok(['list', 'pushed', '-AllVersions'])).toContain('Acme.Pushed 1.1.0');
    const guest = await as(at.nuget.secret, at.guest);
    const third = await guest.packageFile({ ...file, version: '1.2.0' });
    expect(await guest.fails(['push', third, '-Source', 'acme', '-ApiKey', 'az'])).toMatch(/403 \(This needs the role/);
  });

  test('an id that the group keeps for another project, and one that a rule protects', async () => {
    const names = `/groups/${at.acme.id}/-/virtual_registries/packages/nuget/reserved_names`;
    await at.server.api('POST', names, { pattern: 'Kept.*', owner_project_id: at.other.id });
    await at.server.api('POST', `/projects/${at.secret.id}/packages/protection/rules`, {
      package_name_pattern: 'Guarded.*',
      package_type: 'nuget',
      minimum_access_level_for_push: 'maintainer',
    });
    const box = await as(at.nuget.secret, at.developer);
    const push = async (id: string): Promise<string> => {
      const file = await box.packageFile({ id, version: '1.0.0' });
      return box.fails(['push', file, '-Source', 'acme', '-ApiKey', 'az']);
    };
    expect(await push('kept.Tools')).toContain(
      '403 (kept.Tools is reserved by Kept.* for another project of the group.',
    );
    expect(await push('Guarded.Tools')).toContain('403 (Package protected.)');
  });

  test('a group’s source has the packages of all its projects that the user may read', async () => {
    const member = await as(at.nuget.acme, at.developer);
    expect(listedIn(await member.ok(['list', 'acme.', '-AllVersions']))).toEqual(
      expect.arrayContaining(['Acme.App 1.0.0', 'Acme.Both 2.0.0', 'Acme.Both 1.0.0', 'Acme.Hidden 1.5.0']),
    );
    expect(await installs(member, 'Acme.App')).toEqual(['Acme.App.1.0.0', 'Acme.Hidden.1.5.0']);
    const stranger = await as(at.nuget.acme, at.stranger);
    expect(await installs(stranger, 'Acme.Both')).toEqual(['Acme.Both.1.0.0']);
    const nobody = await as(at.nuget.acme);
    expect(await nobody.fails(['install', 'Acme.Both', '-OutputDirectory', 'out'])).toContain('401 (');
    const file = await member.packageFile({ id: 'Acme.Pushed', version: '9.0.0' });
    expect(await member.fails(['push', file, '-Source', 'acme', '-ApiKey', at.developer.token])).not.toContain(
      'was pushed',
    );
  });
});
