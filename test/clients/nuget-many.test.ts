import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { dependencies, type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { type NuGetScene, nugetScene } from './nuget-scene.ts';

/** Several pages of a registration; with `PACKYARD_TEST_LARGE=1` as many as one id is ever likely to have. */
const count = process.env['PACKYARD_TEST_LARGE'] === '1' ? 5_000 : 200;
const versions = Array.from({ length: count }, (_, index) => `${Math.floor(index / 100)}.${index % 100}.0`);

let at: NuGetScene;

beforeAll(async () => {
  at = await nugetScene();
  return at.end;
});

describeClient('nuget@5', (nuget) => {
  let box: NuGetMachine;
  const install = async (folder: string, ...args: string[]): Promise<readonly string[]> => {
    await box.forget();
    await box.ok(['install', ...args, '-OutputDirectory', folder]);
    return box.installed(folder);
  };

  beforeAll(async () => {
    box = await nugetMachine(nuget, { url: `${at.nuget.open}/index.json` });
    await at.push(at.nuget.open, [
      ...versions.map((version) => ({ id: 'Has.Many', version })),
      { id: 'Has.Many', version: '999.0.0-rc.1' },
      { id: 'Wants.Many', version: '1.0.0', metadata: dependencies({ 'Has.Many': '[0.7,1.0)' }) },
    ]);
  }, 600_000);

  test(`of ${count} versions the right one is taken`, async () => {
    const last = versions.at(-1) ?? '';
    expect(await install('last', 'Has.Many')).toEqual([`Has.Many.${last}`]);
    expect(await install('pinned', 'Has.Many', '-Version', '0.42.0')).toEqual(['Has.Many.0.42.0']);
    expect(await install('early', 'Has.Many', '-Prerelease')).toEqual(['Has.Many.999.0.0-rc.1']);
    expect(await install('lowest', 'Wants.Many')).toEqual(['Has.Many.0.7.0', 'Wants.Many.1.0.0']);
    expect(await install('highest', 'Wants.Many', '-DependencyVersion', 'Highest')).toEqual([
      'Has.Many.0.99.0',
      'Wants.Many.1.0.0',
    ]);
  }, 300_000);

  test('restore of what packages.config names', async () => {
    await box.forget();
    await box.write('app/packages.config', '<packages><package id="has.many" version="1.77.0"/></packages>');
    await box.ok(['restore', 'app/packages.config', '-PackagesDirectory', 'app/packages']);
    expect(await box.installed('app/packages')).toEqual(['Has.Many.1.77.0']);
  }, 120_000);
});
