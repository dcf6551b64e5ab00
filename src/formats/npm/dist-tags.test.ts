import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';

function registryWith(tags: Record<string, string> = {}): FakeRegistry {
  const registry = new FakeRegistry();
  const versions = ['1.0.0', '2.0.0', '3.0.0-beta.1'];
  registry.packages.set('pkg', packageOf('pkg', versions, { tags: new Map(Object.entries(tags)) }));
  registry.packages.set('@s/pkg', packageOf('@s/pkg', ['1.0.0']));
  return registry;
}

test('lists the tags, and latest where nobody set it', async () => {
  const { status, body } = await call(registryWith({ beta: '3.0.0-beta.1' }), 'GET', '/-/package/pkg/dist-tags');
  expect([status, body]).toEqual([200, { beta: '3.0.0-beta.1', latest: '2.0.0' }]);
});

test('a stored latest stays where it is, and a tag may be called __proto__', async () => {
  const registry = registryWith();
  const tags = new Map([
    ['latest', '1.0.0'],
    ['__proto__', '2.0.0'],
  ]);
  registry.packages.set('pkg', packageOf('pkg', ['1.0.0', '2.0.0'], { tags }));
  const { body } = await call(registry, 'GET', '/-/package/pkg/dist-tags');
  expect(Object.entries(body as object)).toEqual([
    ['latest', '1.0.0'],
    ['__proto__', '2.0.0'],
  ]);
});

test('hidden versions have no tags', async () => {
  const registry = new FakeRegistry();
  const change = (version: string) => (version === '2.0.0' ? ({ status: 'hidden' } as const) : {});
  registry.packages.set('pkg', packageOf('pkg', ['1.0.0', '2.0.0'], { change, tags: new Map([['next', '2.0.0']]) }));
  expect((await call(registry, 'GET', '/-/package/pkg/dist-tags')).body).toEqual({ latest: '1.0.0' });
});

test.each([
  '/-/package/@s%2fpkg/dist-tags',
  '/-/package/@s%2Fpkg/dist-tags',
  '/-/package/%40s%2fpkg/dist-tags',
  '/-/package/@s/pkg/dist-tags',
])('finds a scoped name in %s', async (path) => {
  expect((await call(registryWith(), 'GET', path)).body).toEqual({ latest: '1.0.0' });
});

test.each([
  ['"1.0.0"', '1.0.0'],
  [' "1.0.0"\n', '1.0.0'],
  ['"v1.0.0"', '1.0.0'],
  ['1.0.0', '1.0.0'],
])('sets a tag to the version in %j', async (body, version) => {
  const registry = registryWith();
  expect((await call(registry, 'PUT', '/-/package/pkg/dist-tags/stable', body)).status).toBe(204);
  expect(registry.writes).toEqual([['setTag', 'pkg', 'stable', version]]);
});

test.each([
  ['', 400, '"Version" not given'],
  ['""', 400, '"Version" not given'],
  ['"1.0.0', 400, 'Invalid json'],
  ['"9.9.9"', 404, '"pkg" has no version "9.9.9".'],
  ['null', 404, '"pkg" has no version "null".'],
  ['["1.0.0"]', 404, '"pkg" has no version "[\\"1.0.0\\"]".'],
])('refuses the body %j', async (body, status, error) => {
  const registry = registryWith();
  const answer = await call(registry, 'PUT', '/-/package/pkg/dist-tags/stable', body);
  expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ error })]);
  expect(registry.writes).toEqual([]);
});

test('refuses a body of many kilobytes', async () => {
  expect((await call(registryWith(), 'PUT', '/-/package/pkg/dist-tags/beta', 'a'.repeat(5_000))).status).toBe(413);
});

test.each(['1.0', 'v1', '*', '%5E1.0.0', 'a%20b', 'a%2fb', 'a'.repeat(256)])('refuses the tag %s', async (tag) => {
  const registry = registryWith();
  expect((await call(registry, 'PUT', `/-/package/pkg/dist-tags/${tag}`, '"1.0.0"')).status).toBe(400);
  expect(registry.writes).toEqual([]);
});

test.each(['constructor', '__proto__', 'hasOwnProperty'])('%s is a tag like any other', async (tag) => {
  const registry = registryWith();
  expect((await call(registry, 'DELETE', `/-/package/pkg/dist-tags/${tag}`)).status).toBe(404);
  expect((await call(registry, 'PUT', `/-/package/pkg/dist-tags/${tag}`, '"1.0.0"')).status).toBe(204);
  expect(registry.writes).toEqual([['setTag', 'pkg', tag, '1.0.0']]);
});

test('removes a tag, latest included', async () => {
  const registry = registryWith({ latest: '1.0.0' });
  expect((await call(registry, 'DELETE', '/-/package/pkg/dist-tags/latest')).status).toBe(204);
  expect(registry.writes).toEqual([['removeTag', 'pkg', 'latest']]);
});

test('an unknown tag is GitLab’s 404', async () => {
  const answer = await call(registryWith(), 'DELETE', '/-/package/pkg/dist-tags/nope');
  expect(answer).toMatchObject({
    status: 404,
    body: { message: '404 Package Tag Not Found', error: 'Package tag not found' },
  });
});

test.each([
  ['GET', '/-/package/nope/dist-tags', 404, 'Packages not found'],
  ['PUT', '/-/package/nope/dist-tags/beta', 404, 'Packages not found'],
  ['GET', '/-/package/dist-tags', 400, '"Package Name" not given'],
  ['PUT', '/-/package/dist-tags/beta', 400, '"Package Name" not given'],
  ['DELETE', '/-/package/dist-tags/beta', 400, '"Package Name" not given'],
  ['PUT', '/-/package/pkg/dist-tags', 400, '"Tag" not given'],
  ['DELETE', '/-/package/pkg/dist-tags/', 400, '"Tag" not given'],
])('%s %s is refused as GitLab does', async (method, path, status, error) => {
  const answer = await call(registryWith(), method, path, '"1.0.0"');
  expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ error })]);
});

test('setting is publishing, removing is deleting', () => {
  expect(needsOf('GET', '/-/package/pkg/dist-tags')).toBe('read');
  expect(needsOf('PUT', '/-/package/pkg/dist-tags/beta')).toBe('publish');
  expect(needsOf('DELETE', '/-/package/pkg/dist-tags/beta')).toBe('delete');
});
