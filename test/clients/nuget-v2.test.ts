import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { machine } from './machine.ts';
import { dependencies, type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { listedIn, type NuGetScene, nugetScene } from './nuget-scene.ts';

let at: NuGetScene;

beforeAll(async () => {
  at = await nugetScene();
  const leaves = ['1.0.0', '1.2.0', '1.10.0', '2.0.0-beta', '2.0.0-rc.1'].map((version) => ({
    id: 'Tree.Leaf',
    version,
  }));
  const trunk = { id: 'Tree.Trunk', version: '3.0.0', metadata: dependencies({ 'Tree.Leaf': '[1.1,2.0)' }) };
  await at.push(at.nuget.open, [...leaves, trunk, { id: 'Tree.Metadata', version: '1.0.0+build7' }]);
  await at.push(at.nuget.secret, [{ id: 'Tree.Secret', version: '1.0.0' }]);
  return at.end;
});

const installs = async (box: NuGetMachine, folder: string, ...args: string[]): Promise<readonly string[]> => {
  await box.forget();
  await box.ok(['install', ...args, '-OutputDirectory', folder]);
  return box.installed(folder);
};

describeClient('nuget@5', (nuget) => {
  let box: NuGetMachine;

  beforeAll(async () => {
    box = await nugetMachine(nuget, { url: `${at.nuget.open}/v2` });
  });

  test('list and install from the V2 feed', async () => {
    expect(listedIn(await box.ok(['list', 'tree']))).toEqual([
      'Tree.Leaf 1.10.0',
      'Tree.Metadata 1.0.0+build7',
      'Tree.Trunk 3.0.0',
    ]);
    const all = listedIn(await box.ok(['list', 'tree.leaf', '-AllVersions', '-Prerelease']));
    expect(all.toSorted()).toEqual(
      ['1.0.0', '1.10.0', '1.2.0', '2.0.0-beta', '2.0.0-rc.1'].map((version) => `Tree.Leaf ${version}`),
    );
    expect(await installs(box, 'trunk', 'Tree.Trunk')).toEqual(['Tree.Leaf.1.2.0', 'Tree.Trunk.3.0.0']);
    expect(await installs(box, 'rc', 'tree.leaf', '-Version', '2.0.0-rc.1')).toEqual(['Tree.Leaf.2.0.0-rc.1']);
    expect(await installs(box, 'metadata', 'Tree.Metadata')).toEqual(['Tree.Metadata.1.0.0']);
  });

  test('push to it and delete from it', async () => {
    const file = await box.packageFile({ id: 'Acme.ByV2' });
    const target = ['-Source', `${at.nuget.open}/v2`, '-ApiKey'];
    await box.ok(['push', file, ...target, at.developer.token]);
    expect(await box.ok(['push', file, ...target, at.developer.token, '-SkipDuplicate'])).toContain('already exists');
    await box.ok(['delete', 'Acme.ByV2', '1.0.0', ...target, at.maintainer.token]);
    expect(listedIn(await box.ok(['list', 'acme.byv2']))).toEqual([]);
  });
});

describeClient('nuget@2', (nuget) => {
  let box: NuGetMachine;

  beforeAll(async () => {
    box = await nugetMachine(nuget, { url: `${at.nuget.open}/v2` });
  });

  /** It prints blank lines for ever where the terminal has no width. */
  const list = async (...args: string[]): Promise<string[]> => {
    const own = await machine({ ...nuget, program: 'script' });
    const command = [nuget.program, 'list', ...args, '-Source', `${at.nuget.open}/v2`, '-NonInteractive'].join(' ');
    return listedIn(await own.ok(['-qec', `stty cols 150; ${command}`, '/dev/null']));
  };

  test('list: what it can read, and not a word of SemVer 2', async () => {
    expect(await list('tree')).toEqual(['Tree.Leaf 1.10.0', 'Tree.Trunk 3.0.0']);
    const all = await list('tree.leaf', '-AllVersions', '-Prerelease');
    expect(all.toSorted()).toEqual(['1.0.0', '1.10.0', '1.2.0', '2.0.0-beta'].map((version) => `Tree.Leaf ${version}`));
  });

  test('install with dependencies, by version, and before release', async () => {
    expect(await installs(box, 'trunk', 'Tree.Trunk')).toEqual(['Tree.Leaf.1.2.0', 'Tree.Trunk.3.0.0']);
    expect(await installs(box, 'one', 'Tree.Leaf', '-Version', '1.0.0')).toEqual(['Tree.Leaf.1.0.0']);
    expect(await installs(box, 'early', 'Tree.Leaf', '-Prerelease')).toEqual(['Tree.Leaf.2.0.0-beta']);
  });

  test('push and delete; the server’s words are shown', async () => {
    const file = await box.packageFile({ id: 'Acme.Old' });
    const push = ['push', file, at.developer.token, '-Source', `${at.nuget.open}/v2`];
    await box.ok(push);
    expect(await box.fails(push)).toContain('(409) A package with the same name and version already exists');
    await box.ok(['delete', 'Acme.Old', '1.0.0', at.maintainer.token, '-Source', `${at.nuget.open}/v2`]);
    expect(await list('acme.old')).toEqual([]);
  });

  test('a private feed asks for credentials, and takes them from the settings', async () => {
    const { username, token } = at.developer;
    const member = await nugetMachine(nuget, { url: `${at.nuget.secret}/v2`, username, token });
    expect(await installs(member, 'secret', 'Tree.Secret')).toEqual(['Tree.Secret.1.0.0']);
    const nobody = await nugetMachine(nuget, { url: `${at.nuget.secret}/v2` });
    await nobody.fails(['install', 'Tree.Secret', '-OutputDirectory', 'secret']);
  });
});
