/** One virtual registry of a private project here and of a simple index that is a folder of HTML pages. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { describeClient } from './client.ts';
import { basic, type Login, type PypiScene, pypiScene, withLogin } from './pypi-scene.ts';
import { installed, type PythonMachine, pythonMachine } from './python-machine.ts';
import { describeWithNginx, type StaticTree, staticTree } from './static-tree.ts';

// Each starts a client several times.
vi.setConfig({ testTimeout: 300_000 });

const hour = 3_600_000;
let now = Date.now();
let at: PypiScene;
let dora: Login;

beforeAll(async () => {
  at = await pypiScene({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  dora = [at.developer.username, at.developer.token];
  const requires = ['their-knot<2', 'their-rope'];
  await at.put(at.secret, wheel({ name: 'acme-lace', version: '1.0', requires }));
  return at.end;
});

interface Words {
  readonly command: readonly string[];
  /** How it names its only index. */
  readonly index: string;
  /** All that it says where versions are hidden, as it says where there are none. */
  readonly pinned: RegExp;
  /** Of a project whose only version is hidden; pip says it to those who ask for every detail. */
  readonly hidden: string;
  readonly direct: string;
}

const tooYoung = 'It must be 24 hours old, which it is on ';

const clients = {
  'pip@26': {
    command: ['install'],
    index: '--index-url',
    pinned: /their-dated==2\.0 \(from versions: 1\.0\)/,
    hidden: `403 Client Error: ${tooYoung}`,
    direct: 'HTTP error 403 while getting',
  },
  uv: {
    command: ['pip', 'install', '--python', 'python3'],
    index: '--default-index',
    pinned: /there is no version of their-dated==2\.0/,
    hidden: 'returned a 403 Forbidden error',
    direct: `403 ${tooYoung}`,
  },
} as const satisfies Record<string, Words>;

describeWithNginx(() => {
  for (const [id, words] of Object.entries(clients) as [keyof typeof clients, Words][]) {
    describeClient(id, (client) => {
      let tree: StaticTree;
      let registry: TestRegistry;
      let box: PythonMachine;
      /** Installs into a folder of this name. */
      const install = (folder: string, ...wanted: string[]): string[] => {
        return [
          ...words.command,
          '--target',
          folder,
          words.index,
          withLogin(`${registry.url}/simple/`, dora),
          ...wanted,
        ];
      };
      const has = (folder: string): Promise<Record<string, string>> => installed(path.join(box.home, folder));
      const policy = (change: object): Promise<unknown> =>
        at.server.api('PATCH', `/virtual_registries/packages/pypi/registries/${registry.id}`, change);

      beforeAll(async () => {
        tree = await staticTree();
        await offerEverything(tree);
        registry = await createRegistry(at.server, at.acme, 'pypi', [
          gid.project(at.secret.id),
          { url: `${tree.url}/simple` },
          { url: `${tree.url}/dated` },
        ]);
        box = await pythonMachine(client, { UV_HTTP_RETRIES: '0' });
      });
      afterAll(() => tree.stop());

      test('a mixed tree from a cold cache: a wheel of ours, a wheel and a source distribution of theirs', async () => {
        await box.ok(install('cold', 'acme-lace'));
        expect(await has('cold')).toEqual({ 'acme-lace': '1.0', 'their-knot': '1.5', 'their-rope': '0.1' });
      });

      test('what is ours is never taken from there, though it is higher', async () => {
        await box.ok(install('ours', '--no-deps', 'acme-lace>=1'));
        expect(await has('ours')).toEqual({ 'acme-lace': '1.0' });
        const refused = await box.fails(install('ours', 'acme-lace==99.0'));
        expect(refused).toMatch(/No matching distribution|there is no version of acme-lace==99\.0/);
        expect(await box.fails(install('none', 'their-nothing'))).toMatch(/No matching distribution|not found/);
      });

      test('a minimum age hides what is young', async () => {
        await policy({ minimum_release_age_hours: 24 });
        await box.ok(install('aged', 'their-dated'));
        expect(await has('aged')).toEqual({ 'their-dated': '1.0' });
        expect(await box.fails(install('young', 'their-dated==2.0'))).toMatch(words.pinned);
        expect(await box.fails([...install('young', 'their-young'), '-vv'])).toContain(words.hidden);
        const { sha256, fileName } = wheel({ name: 'their-dated', version: '2.0' });
        const file = withLogin(`${registry.url}/files/${sha256}/${fileName}`, dora);
        expect(await box.fails(install('young', `their-dated @ ${file}`))).toContain(words.direct);
        const why = `/virtual_registries/packages/pypi/registries/${registry.id}/explain?package=their-dated`;
        expect(JSON.stringify(await at.server.api('GET', why))).toContain(tooYoung);
        // The pages in HTML say no dates.
        expect(await box.fails([...install('undated', 'their-knot'), '-vv'])).toContain('403');
        await policy({ minimum_release_age_hours: 0 });
        await box.ok(install('old', 'their-dated'));
        expect(await has('old')).toEqual({ 'their-dated': '2.0' });
      });

      test('another machine, after the index has stopped', async () => {
        await tree.stop();
        now += 48 * hour;
        box = await pythonMachine(client, { UV_HTTP_RETRIES: '0' });
        await box.ok(install('warm', 'acme-lace'));
        expect(await has('warm')).toEqual({ 'acme-lace': '1.0', 'their-knot': '1.5', 'their-rope': '0.1' });
        const page = await fetch(`${registry.url}/simple/their-knot/`, { headers: { authorization: basic(dora) } });
        expect(page.headers.get('warning')).toContain('111');
        // pip passes over indexes that fail, and says so to those who ask for every detail.
        expect(await box.fails([...install('none', 'their-unasked'), '-vv'])).toMatch(/502/);
        expect(await box.fails(install('none', 'their-knot==1.0'))).toMatch(/502/);
      });
    });
  }
});

/** Pages in HTML, which tell no dates; and pages in JSON, which do. */
async function offerEverything(tree: StaticTree): Promise<void> {
  const knots = ['1.0', '1.5', '2.0'].map((version) => wheel({ name: 'their-knot', version }));
  await page(tree, 'their-knot', ...knots);
  await page(tree, 'their-rope', await sdist({ name: 'their-rope', version: '0.1' }));
  await page(tree, 'their-unasked', wheel({ name: 'their-unasked', version: '1.0' }));
  await page(tree, 'acme-lace', wheel({ name: 'acme-lace', version: '99.0' }));
  const [old, young] = ['1.0', '2.0'].map((version) => wheel({ name: 'their-dated', version }));
  await datedPage(tree, 'their-dated', [
    [old as Distribution, now - 48 * hour],
    [young as Distribution, now - hour],
  ]);
  await datedPage(tree, 'their-young', [[wheel({ name: 'their-young', version: '1.0' }), now - hour]]);
}

async function page(tree: StaticTree, name: string, ...files: Distribution[]): Promise<void> {
  for (const { fileName, bytes } of files) await tree.write(`files/${fileName}`, bytes);
  const links = files.map(
    ({ fileName, sha256 }) => `<a href="../../files/${fileName}#sha256=${sha256}">${fileName}</a><br/>`,
  );
  const title = `Links for ${name}`;
  const text = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${links.join('\n')}</body></html>`;
  await tree.write(`simple/${name}/index.html`, text);
}

async function datedPage(
  tree: StaticTree,
  name: string,
  dated: readonly (readonly [Distribution, number])[],
): Promise<void> {
  for (const [{ fileName, bytes }] of dated) await tree.write(`files/${fileName}`, bytes);
  const files = dated.map(([{ fileName, sha256 }, time]) => ({
    filename: fileName,
    url: `../../files/${fileName}`,
    hashes: { sha256 },
    'upload-time': new Date(time).toISOString(),
  }));
  await tree.write(`dated/${name}/index.json`, JSON.stringify({ meta: { 'api-version': '1.1' }, name, files }));
}
