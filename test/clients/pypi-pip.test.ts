import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordingProxy, startRecordingProxy } from '../transcripts/recording-proxy.ts';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import { describeClient } from './client.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { type PypiScene, pypiScene, shoeShop } from './pypi-scene.ts';
import { installed, type PythonMachine, pythonMachine } from './python-machine.ts';

let at: PypiScene;
let shop: Distribution[];

beforeAll(async () => {
  at = await pypiScene();
  shop = await shoeShop();
  await at.put(at.open, ...shop, wheel({ name: 'acme-yank', version: '1.0' }));
  await at.put(at.open, wheel({ name: 'acme-yank', version: '1.1' }), wheel({ name: 'acme-yank', version: '1.2' }));
  await at.yank(at.open, 'acme-yank', '1.1', 'laces "come" <undone>');
  await at.yank(at.open, 'acme-yank', '1.2', null);
  return at.end;
});

const fancy = { 'acme-bow': '0.1', 'acme-knot': '1.5', 'acme-lace': '1.0' };

for (const id of ['pip@21', 'pip@26'] as const) {
  describeClient(id, (pip) => {
    let box: PythonMachine;
    beforeAll(async () => {
      box = await pythonMachine(pip);
    });
    const install = (...more: string[]): string[] => ['install', '--index-url', at.simple(at.open), ...more];

    test('install: an extra, what it needs in turn, and a source distribution; not what is for another Python', async () => {
      const said = await box.ok(install('--target', 'fancy', 'acme-lace[fancy]'));
      expect(said).toContain('Successfully installed acme-bow-0.1 acme-lace-1.0 acme.knot-1.5');
      expect(await installed(path.join(box.home, 'fancy'))).toEqual(fancy);
    });

    test('install through the group, in any spelling of the name', async () => {
      const group = ['install', '--index-url', at.simple(at.acme), '--target', 'group'];
      await box.ok([...group, 'Acme._Lace[fancy]']);
      expect(await installed(path.join(box.home, 'group'))).toEqual(fancy);
    });

    test('install for trial, and an older version', async () => {
      await box.ok(install('--target', 'trial', '--pre', 'acme-lace'));
      expect(await installed(path.join(box.home, 'trial'))).toMatchObject({ 'acme-lace': '2.0rc1' });
      await box.ok(install('--target', 'old', '--no-deps', 'acme-lace<1.0a'));
      expect(await installed(path.join(box.home, 'old'))).toEqual({ 'acme-lace': '0.9' });
    });

    test('index versions', async () => {
      const versions = ['index', 'versions', '--index-url', at.simple(at.open), 'acme-lace'];
      expect(await box.ok(versions)).toMatch(/^acme-lace \(1\.0\)\nAvailable versions: 1\.0, 0\.9\n/);
      expect(await box.ok([...versions, '--pre'])).toContain('Available versions: 2.0rc1, 1.0, 0.9\n');
    });

    test('download: the same bytes', async () => {
      await box.ok(['download', '--index-url', at.simple(at.open), '-d', 'got', 'acme-lace==1.0', 'acme-bow']);
      const names = (await readdir(path.join(box.home, 'got'))).toSorted();
      expect(names).toEqual([
        'acme_bow-0.1.tar.gz',
        'acme_knot-1.5-py3-none-any.whl',
        'acme_lace-1.0-py3-none-any.whl',
      ]);
      for (const name of names) {
        const sent = shop.find(({ fileName }) => fileName === name);
        expect(await readFile(path.join(box.home, 'got', name))).toEqual(sent?.bytes);
      }
    });

    test('hashes that are demanded', async () => {
      const lace = shop.find(({ fileName }) => fileName === 'acme_lace-1.0-py3-none-any.whl');
      await box.write('right.txt', `acme-lace==1.0 --hash=sha256:${lace?.sha256}\n`);
      await box.write('wrong.txt', `acme-lace==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
      await box.ok(install('--no-deps', '--target', 'hashed', '-r', 'right.txt'));
      expect(await box.fails(install('--no-deps', '--target', 'hashed', '-r', 'wrong.txt'))).toContain(
        'DO NOT MATCH THE HASHES',
      );
    });

    test('yanked versions are taken only where they are named, and their reason is shown', async () => {
      await box.ok(install('--target', 'unyanked', 'acme-yank'));
      expect(await installed(path.join(box.home, 'unyanked'))).toEqual({ 'acme-yank': '1.0' });
      const { code, stderr } = await box.run(install('--target', 'yanked', 'acme-yank==1.1'));
      expect([code, stderr]).toEqual([0, expect.stringContaining('Reason for being yanked: laces "come" <undone>')]);
      const without = await box.run(install('--target', 'yanked2', 'acme-yank==1.2'));
      expect([without.code, without.stderr]).toEqual([
        0,
        expect.stringContaining('Reason for being yanked: <none given>'),
      ]);
    });

    test('what is not there', async () => {
      expect(await box.fails(install('acme-nothing'))).toContain('No matching distribution found for acme-nothing');
      expect(await box.fails(install('acme-lace==7'))).toMatch(/from versions: 0\.9, 1\.0, 2\.0rc1\)/);
    });
  });
}

for (const id of ['pip@22', 'pip@23.0'] as const) {
  describeClient(id, (pip) => {
    test('install', async () => {
      const box = await pythonMachine(pip);
      await box.ok(['install', '--index-url', at.simple(at.open), '--target', 'here', 'acme-lace[fancy]']);
      expect(await installed(path.join(box.home, 'here'))).toEqual(fancy);
    });
  });
}

describeClient('pip@26', (pip) => {
  let proxy: RecordingProxy;
  beforeAll(async () => {
    proxy = await startRecordingProxy(at.server.url);
  });
  afterAll(() => proxy.stop());

  /** The machine's index, seen through the proxy. */
  const watched = (): string => at.simple(at.open).replace(at.server.url, proxy.url);
  const asked = (): string[] => proxy.take().map(({ request }) => request.start.replace(/\/api\/v4.*\//, ''));

  test('resolves by metadata alone: no wheel is fetched', async () => {
    const box = await pythonMachine(pip);
    const resolve = [
      'install',
      '--dry-run',
      '--ignore-installed',
      '--quiet',
      '--report',
      '-',
      '--index-url',
      watched(),
    ];
    const report = JSON.parse(await box.ok([...resolve, 'acme-lace'])) as { install: { metadata: object }[] };
    expect(report.install.map(({ metadata }) => metadata)).toEqual([
      expect.objectContaining({ name: 'acme-lace', version: '1.0', summary: 'Ties <shoes> & "boots"' }),
      expect.objectContaining({ name: 'Acme.Knot', version: '1.5' }),
    ]);
    expect(asked()).toEqual([
      'GET ',
      'GET acme_lace-1.0-py3-none-any.whl.metadata',
      'GET ',
      'GET acme_knot-1.5-py3-none-any.whl.metadata',
    ]);
  });

  test('and fetches each wheel once when it installs', async () => {
    const box = await pythonMachine(pip);
    await box.ok(['install', '--quiet', '--target', 'here', '--index-url', watched(), 'acme-lace']);
    expect(asked().filter((line) => line.endsWith('.whl'))).toEqual([
      'GET acme_lace-1.0-py3-none-any.whl',
      'GET acme_knot-1.5-py3-none-any.whl',
    ]);
  });

  test('reads the ends of wheels by ranges, where it is told to', async () => {
    const box = await pythonMachine(pip);
    const lazy = ['install', '--use-feature=fast-deps', '--target', 'here', '--index-url', at.simple(at.open)];
    await box.ok([...lazy, 'acme-lace']);
    expect(await installed(path.join(box.home, 'here'))).toMatchObject({ 'acme-lace': '1.0' });
  });

  test('goes on where a download broke off', async () => {
    const cutting = await startCuttingProxy(at.server.url, '/acme_lace-1.0-py3-none-any.whl');
    try {
      const box = await pythonMachine(pip);
      const index = at.simple(at.open).replace(at.server.url, cutting.url);
      await box.ok(['install', '--no-deps', '--target', 'here', '--index-url', index, 'acme-lace==1.0']);
      expect(await installed(path.join(box.home, 'here'))).toEqual({ 'acme-lace': '1.0' });
      expect(cutting.ranges).toEqual(['', expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
    } finally {
      await cutting.stop();
    }
  });

  test('takes no yanked version, even where there is no other', async () => {
    const box = await pythonMachine(pip);
    const wanted = ['install', '--dry-run', '--index-url', at.simple(at.open), 'acme-yank>1.0'];
    expect(await box.fails(wanted)).toContain('No matching distribution found');
  });

  test('is offered nothing of a quarantined project', async () => {
    const box = await pythonMachine(pip);
    const download = ['download', '--no-deps', '-d', 'here', '--index-url', at.simple(at.open), 'acme-odd'];
    await at.put(at.open, wheel({ name: 'acme-odd', version: '1.0' }));
    await box.ok(download);
    await at.setStatus(at.open, 'acme-odd', 'quarantined');
    expect(await box.fails(download)).toContain('No matching distribution found');
    await at.setStatus(at.open, 'acme-odd', 'archived');
    await box.ok(download);
  });

  test('search, which no registry has any more, is refused in words', async () => {
    const box = await pythonMachine(pip);
    const refused = await box.fails(['search', '--index', at.upload(at.open), 'lace']);
    expect(refused).toContain('offers no search by XML-RPC. Use pip index versions NAME');
  });

  test('takes what was uploaded before a date', async () => {
    const box = await pythonMachine(pip);
    const resolve = ['install', '--dry-run', '--ignore-installed', '--index-url', at.simple(at.open), 'acme-lace'];
    const until = (date: string): string[] => [...resolve, '--uploaded-prior-to', date];
    expect(await box.fails(until('2020-01-01'))).toContain('No matching distribution found');
    expect(await box.ok(until('2999-01-01'))).toContain('Would install Acme.Knot-1.5 acme-lace-1.0');
  });

  test('a page that did not change is not sent again', async () => {
    const box = await pythonMachine(pip);
    const again = ['download', '--no-deps', '--trusted-host', '127.0.0.1', '--index-url', watched(), 'acme-lace==0.9'];
    await box.ok([...again, '-d', 'one']);
    await box.ok([...again, '-d', 'two']);
    const pages = proxy.take().filter(({ request }) => request.start.endsWith('/simple/acme-lace/'));
    expect(pages.map(({ response }) => response.start)).toEqual(['200', '304']);
    await at.put(at.open, await sdist({ name: 'acme-lace', version: '0.9' }));
    await box.ok([...again, '-d', 'three']);
    const [changed] = proxy.take().filter(({ request }) => request.start.endsWith('/simple/acme-lace/'));
    expect(changed?.response.start).toBe('200');
  });
});
