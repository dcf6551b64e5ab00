import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';

const security = '/-/npm/v1/security';
const bulk = `${security}/advisories/bulk`;

test.each([
  ['{}'],
  [{ pkg: ['1.0.0', '1.1.0'], '@s/pkg': [] }],
  ['{"__proto__":["1.0.0"],"constructor":["1.0.0"]}'],
  [Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, ['1.0.0']]))],
])('nothing is known of any package', async (body) => {
  expect(await call(new FakeRegistry(), 'POST', bulk, body)).toMatchObject({ status: 200, body: {} });
});

test.each([
  ['10,001 names', Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`p${index}`, ['1.0.0']])), 413],
  ['4 MiB', { pkg: ['x'.repeat(4 * 1024 * 1024)] }, 413],
  ['an array', '[]', 400],
  ['null', 'null', 400],
  ['no JSON', 'pkg', 400],
  ['depth', '{"a":'.repeat(200), 400],
  ['a version instead of versions', { pkg: '1.0.0' }, 400],
  ['versions by key', { pkg: { '1.0.0': true } }, 400],
  ['versions that are numbers', { pkg: [1] }, 400],
])('%s is refused', async (_case, body, status) => {
  expect((await call(new FakeRegistry(), 'POST', bulk, body)).status).toBe(status);
});

const tree = {
  name: 'app',
  version: '1.0.0',
  requires: { a: '^1.0.0' },
  dependencies: {
    a: {
      version: '1.0.0',
      requires: { b: '1' },
      dependencies: { b: { version: '1.0.0' }, '@s/c': { optional: true } },
    },
    d: { version: '1.0.0', dev: true, dependencies: { e: { version: '1.0.0', dev: true, optional: true } } },
  },
  install: [],
  remove: [],
  metadata: {},
};

test.each([`${security}/audits`, `${security}/audits/quick`])('%s counts the tree it was sent', async (url) => {
  expect((await call(new FakeRegistry(), 'POST', url, tree)).body).toEqual({
    actions: [],
    advisories: {},
    muted: [],
    metadata: {
      vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 },
      dependencies: 2,
      devDependencies: 2,
      optionalDependencies: 1,
      totalDependencies: 5,
    },
  });
});

test.each([
  [{}, 0],
  [{ dependencies: null }, 0],
  [{ dependencies: [{}] }, 0],
  [{ dependencies: { a: null, b: 1, c: [], d: {} } }, 1],
  ['{"dependencies":{"__proto__":{},"constructor":{"dependencies":{"x":{}}}}}', 3],
  ['{"__proto__":{"dependencies":{"a":{}}}}', 0],
  [{ dependencies: Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`p${index}`, {}])) }, 150_000],
])('odd trees are counted as far as they are trees: %#', async (body, total) => {
  const answer = await call(new FakeRegistry(), 'POST', `${security}/audits/quick`, body);
  expect(answer).toMatchObject({ status: 200, body: { metadata: { totalDependencies: total } } });
});

test.each([bulk, `${security}/audits`, `${security}/audits/quick`])('%s is for those who are signed in', (url) => {
  expect(needsOf('POST', url)).toBe('caller');
});

test.each(['[]', 'null', '', '"x"'])('a tree of %j is refused', async (body) => {
  expect((await call(new FakeRegistry(), 'POST', `${security}/audits`, body)).status).toBe(400);
});
