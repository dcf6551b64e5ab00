import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  brokenArchive,
  nestedJson,
  packageWithLink,
  packageWithMember,
  prototypeNames,
  tarBomb,
  traversalNames,
} from '../harness/hostile-packages.ts';
import { type NpmPackage, npmPackage, publishDocument, type PublishLies } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';

/** What no honest client sends: each is a 4xx in npm's shape, and afterwards nothing is stored. */
let server: TestServer;
let project: TestProject;
let npm: NpmWire;
let good: NpmPackage;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/hostile');
  npm = npmWire(project.npm, server.rootToken);
  good = await npmPackage({ name: 'victim' });
});

afterEach(async () => {
  expect(await server.storedBlobs()).toEqual([]);
  expect(await server.api('GET', `/projects/${project.id}/packages?include_versionless=true`)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

afterAll(() => server.stop());

function expectRefused(answer: WireAnswer, status: number | readonly number[] = 400): void {
  expect([status].flat()).toContain(answer.status);
  expect(typeof answer.json?.['error']).toBe('string');
  expect(typeof answer.json?.['message']).toBe('string');
}

const lies: readonly (readonly [string, PublishLies, RegExp])[] = [
  ['shasum', { shasum: '0'.repeat(40) }, /sha1|shasum|digest/i],
  ['integrity', { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` }, /sha512|integrity|digest/i],
  ['integrity that is none', { integrity: 'sha512-nonsense' }, /integrity/i],
  ['length', { length: 7 }, /length|bytes/i],
  ['name in the manifest', { manifest: { name: 'other' } }, /name/i],
  ['version in the manifest', { manifest: { version: '2.0.0' } }, /version/i],
  ['dependencies', { manifest: { dependencies: { evil: '1.0.0' } } }, /dependencies/],
  ['an install script', { manifest: { scripts: { postinstall: 'evil' } } }, /install/],
  ['a tag that is a version', { tag: '1.0.0' }, /tag/i],
  ['a tag with a slash', { tag: 'a/b' }, /tag/i],
];

test.each(lies)('a publish that lies about %s', async (_about, lie, sentence) => {
  const answer = await npm.put(good, lie);
  expectRefused(answer);
  expect(answer.json?.['error']).toMatch(sentence);
});

test.each(traversalNames)('an archive with the member %s', async (name) => {
  expectRefused(await npm.put(await packageWithMember(good.manifest, { name, content: 'x' })));
});

test.each([
  ['symlink', '/etc/passwd'],
  ['symlink', '../../outside'],
  ['link', '../../server.db'],
  ['character-device', ''],
  ['fifo', ''],
] as const)('an archive with a %s to %s', async (type, target) => {
  expectRefused(await npm.put(await packageWithLink(good.manifest, type, target)));
});

test.each(['truncated', 'not-gzip', 'empty'] as const)('an archive that is %s', async (how) => {
  expectRefused(await npm.put(brokenArchive(good, how)));
});

test('an archive that unpacks to a gigabyte', async () => {
  expectRefused(await npm.put(await tarBomb(good.manifest, 2 ** 30)));
});

test.each(prototypeNames)('a package called %s is refused or harmless', async (name) => {
  const of = await npmPackage({ name });
  const answer = await npm.put(of);
  if (answer.status === 201) {
    expect((await npm.send('GET', name)).json?.['name']).toBe(name);
    expect(
      (await npm.send('DELETE', `${name}/-rev/${String((await npm.send('GET', name)).json?.['_rev'])}`)).status,
    ).toBe(200);
    await clearBlobs();
  } else {
    expectRefused(answer);
  }
});

/** A harmless name was stored and removed: its bytes may stay until collect-garbage, so this test's server starts anew. */
async function clearBlobs(): Promise<void> {
  await server.stop();
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/hostile');
  npm = npmWire(project.npm, server.rootToken);
}

describe('bodies that are no publish', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"name":'],
    ['a list', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['a deep nest', nestedJson(200_000)],
    ['garbage after the end', '{}{}'],
    ['an empty object', '{}'],
    ['versions as a list', JSON.stringify({ name: 'victim', versions: [], _attachments: {} })],
    ['attachments as text', JSON.stringify({ name: 'victim', versions: {}, _attachments: 'x' })],
    ['null everywhere', JSON.stringify({ name: null, versions: null, 'dist-tags': null, _attachments: null })],
  ])('%s', async (_what, body) => {
    // Without an archive it may be a deprecation, of a package that isn't there.
    expectRefused(await npm.send('PUT', 'victim', body), [400, 404]);
  });

  test('polluting keys', async () => {
    const text = JSON.stringify(publishDocument(good)).replace('{', '{"__proto__":{"polluted":true},');
    const answer = await npm.send('PUT', 'victim', text.replaceAll('"victim"', '"other-name"'));
    expectRefused(answer);
  });

  test('another name than the URL', async () => {
    expectRefused(await npm.send('PUT', 'other', JSON.stringify(publishDocument(good))));
  });

  test('two versions at once', async () => {
    const document = publishDocument(good) as { versions: Record<string, unknown> };
    document.versions['2.0.0'] = { ...good.manifest, version: '2.0.0' };
    expectRefused(await npm.send('PUT', 'victim', JSON.stringify(document)));
  });

  test('a version that is not SemVer', async () => {
    for (const version of ['1', '1.2', '01.2.3', 'latest', '1.0.0-01', `1.0.0-${'a.'.repeat(5_000)}a`]) {
      const answer = await npm.put({ ...good, manifest: { ...good.manifest, version } });
      expectRefused(answer);
    }
  });

  test('200 MB of JSON, in bounded memory', async () => {
    const before = process.memoryUsage().rss;
    let sent = 0;
    const chunk = Buffer.from(`"${'x'.repeat(2 ** 20)}",`);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('{"name":"victim","readme":[')),
      pull(controller) {
        if (sent > 200 * 2 ** 20) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    // Refused before all of it was read: the connection may be cut while fetch still sends.
    const status = await fetch(`${project.npm}victim`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.rootToken}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    }).then(
      (response) => response.status,
      () => 413,
    );
    expect(status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 2 ** 20);
  });
});

test.each([
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..%252f..',
  'a%00b',
  '..%5c..%5cx',
  'victim%2f..%2f..',
])('a path that would climb: %s', async (path) => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await npm.send(method, path, method === 'PUT' ? JSON.stringify(publishDocument(good)) : undefined);
    expect([400, 404, 405]).toContain(answer.status);
  }
});
