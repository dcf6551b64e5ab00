import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nuspecText } from '../nuget/nupkg.ts';
import { describeClient } from './client.ts';
import { dependencies, type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { listedIn, type NuGetScene, nugetScene } from './nuget-scene.ts';

let at: NuGetScene;

beforeAll(async () => {
  at = await nugetScene();
  return at.end;
});

describeClient('nuget@5', (nuget) => {
  let box: NuGetMachine;
  let source: string;

  beforeAll(async () => {
    source = `${at.nuget.open}/index.json`;
    box = await nugetMachine(nuget, { url: source });
    await at.push(at.nuget.open, [
      ...['1.0.0', '1.2.0', '1.10.0', '2.0.0-rc.2', '2.0.0-rc.10'].map((version) => ({ id: 'Tree.Leaf', version })),
      { id: 'Tree.Twig', version: '1.0.0', metadata: dependencies({ 'Tree.Leaf': '[1.0,2.0)' }) },
      { id: 'Tree.Trunk', version: '3.0.0', metadata: dependencies({ 'tree.twig': '1.0' }) },
    ]);
  });

  const pushed = (...args: string[]) => ['push', ...args, '-Source', source, '-ApiKey', at.developer.token];
  const install = async (folder: string, ...args: string[]): Promise<readonly string[]> => {
    await box.forget();
    await box.ok(['install', ...args, '-OutputDirectory', folder]);
    return box.installed(folder);
  };

  test('pack, push, push again, and the same bytes back', async () => {
    const metadata = '<tags>tea hot</tags><dependencies><group targetFramework="net45"/></dependencies>';
    await box.write('tea.nuspec', nuspecText({ id: 'Acme.Tea', version: '1.1.0-Beta.2+build5', metadata }));
    await box.write('content/leaf.txt', 'green');
    await box.ok(['pack', 'tea.nuspec']);
    const file = 'Acme.Tea.1.1.0-Beta.2.nupkg';
    expect(await box.ok(pushed(file))).toContain('Your package was pushed.');
    expect(await box.fails(pushed(file))).toContain('409 (A package with the same name and version already exists)');
    expect(await box.ok(pushed(file, '-SkipDuplicate'))).toContain('already exists at feed');
    expect(await install('back', 'acme.tea', '-Version', '1.1.0-beta.2')).toEqual(['Acme.Tea.1.1.0-Beta.2']);
    const back = await box.installedBytes('back', 'Acme.Tea.1.1.0-Beta.2');
    expect(back.equals(await readFile(path.join(box.home, file)))).toBe(true);
  });

  test('a version is the same whatever its case, zeros and metadata', async () => {
    await box.ok(pushed(await box.packageFile({ id: 'Acme.Same', version: '1.0.0-Beta' })));
    for (const version of ['1.0-beta', '1.0.0.0-BETA', '1.0.0-beta+x']) {
      expect(await box.fails(pushed(await box.packageFile({ id: 'acme.same', version }))), version).toContain('409 (');
    }
  });

  test('install takes dependencies along: the lowest that do, or the highest', async () => {
    expect(await install('low', 'Tree.Trunk')).toEqual(['Tree.Leaf.1.0.0', 'Tree.Trunk.3.0.0', 'Tree.Twig.1.0.0']);
    const highest = await install('high', 'Tree.Trunk', '-DependencyVersion', 'Highest');
    expect(highest).toEqual(['Tree.Leaf.1.10.0', 'Tree.Trunk.3.0.0', 'Tree.Twig.1.0.0']);
    expect(await install('release', 'tree.leaf')).toEqual(['Tree.Leaf.1.10.0']);
    expect(await install('early', 'Tree.Leaf', '-Prerelease')).toEqual(['Tree.Leaf.2.0.0-rc.10']);
  });

  test('restore what packages.config names', async () => {
    await box.forget();
    const config =
      '<packages><package id="Tree.Leaf" version="1.2.0"/><package id="Tree.Leaf" version="2.0.0-rc.2"/></packages>';
    await box.write('app/packages.config', config);
    await box.ok(['restore', 'app/packages.config', '-PackagesDirectory', 'app/packages']);
    expect(await box.installed('app/packages')).toEqual(['Tree.Leaf.1.2.0', 'Tree.Leaf.2.0.0-rc.2']);
    await box.write('app/packages.config', '<packages><package id="Tree.Leaf" version="7.0.0"/></packages>');
    expect(await box.fails(['restore', 'app/packages.config', '-PackagesDirectory', 'app/packages'])).toContain(
      "Unable to find version '7.0.0' of package 'Tree.Leaf'",
    );
  });

  test('list and search', async () => {
    await box.forget();
    expect(listedIn(await box.ok(['list', 'tree']))).toEqual([
      'Tree.Leaf 1.10.0',
      'Tree.Trunk 3.0.0',
      'Tree.Twig 1.0.0',
    ]);
    expect(listedIn(await box.ok(['list', 'tree.leaf', '-AllVersions', '-Prerelease'])).toSorted()).toEqual(
      ['1.0.0', '1.10.0', '1.2.0', '2.0.0-rc.10', '2.0.0-rc.2'].map((version) => `Tree.Leaf ${version}`),
    );
    const found = await box.ok(['search', 'packageid:Tree.Twig']);
    expect(found).toContain('> Tree.Twig | 1.0.0 | Downloads:');
    expect(found).not.toContain('Tree.Leaf');
  });

  test('delete takes a version off the lists, and relisting puts it back', async () => {
    await at.push(
      at.nuget.open,
      ['1.0.0', '1.1.0'].map((version) => ({ id: 'Acme.Gone', version })),
    );
    const remove = ['delete', 'acme.gone', '1.1', '-Source', source, '-ApiKey'];
    expect(await box.fails([...remove, at.developer.token])).toContain('403 (');
    expect(await box.ok([...remove, at.maintainer.token])).toContain('was deleted successfully');
    await box.forget();
    expect(listedIn(await box.ok(['list', 'acme.gone']))).toEqual(['Acme.Gone 1.0.0']);
    expect(await install('gone', 'Acme.Gone', '-Version', '1.1.0')).toEqual(['Acme.Gone.1.1.0']);
    const again = await box.packageFile({ id: 'Acme.Gone', version: '1.1.0' });
    expect(await box.fails(pushed(again))).toContain('409 (');
    expect((await at.ask('POST', `${at.nuget.open}/Acme.Gone/1.1.0`))[0]).toBe(200);
    await box.forget();
    expect(listedIn(await box.ok(['list', 'acme.gone']))).toEqual(['Acme.Gone 1.1.0']);
    expect(
      await box.fails(['delete', 'Acme.Gone', '9.9.9', '-Source', source, '-ApiKey', at.maintainer.token]),
    ).toContain('404 (');
  });

  test('who may not push is told why, and what is no package is refused', async () => {
    const file = await box.packageFile({ id: 'Acme.Mine' });
    const push = ['push', file, '-Source', source, '-ApiKey'];
    expect(await box.fails([...push, at.guest.token])).toMatch(/403 \(This needs the role Developer/);
    expect(await box.fails([...push, at.stranger.token])).toContain('403 (');
    expect(await box.fails([...push, 'wrong-key'])).toMatch(/401 \(/);
    await writeFile(path.join(box.home, 'Acme.Broken.1.0.0.nupkg'), 'no zip');
    expect(await box.fails(pushed('Acme.Broken.1.0.0.nupkg'))).toMatch(/400 \([A-Z]/);
    await box.forget();
    expect(listedIn(await box.ok(['list', 'acme.mine']))).toEqual([]);
    expect(await box.fails(['install', 'Acme.Mine', '-OutputDirectory', 'none'])).toContain('Unable to find package');
  });
});
