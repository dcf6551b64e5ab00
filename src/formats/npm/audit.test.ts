import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';
import type { Advisory } from '../../registry/model.ts';
import { patchedVersions, vulnerableVersions } from './vulnerabilities.ts';

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

function advisory(change: Partial<Advisory> = {}): Advisory {
  return {
    id: 7,
    osvId: 'GHSA-aaaa-bbbb-cccc',
    nameKey: 'pkg',
    summary: 'It falls over',
    details: 'When pushed.',
    severity: 'high',
    cvss: { score: 7.5, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
    cwes: ['CWE-400'],
    aliases: ['CVE-2026-1'],
    url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    publishedAt: 0,
    modifiedAt: 0,
    affected: { ranges: [{ introduced: '1.0.0', fixed: '1.2.0', lastAffected: null }], versions: ['2.0.0-beta'] },
    ...change,
  };
}

function knowing(...advisories: Advisory[]): FakeRegistry {
  const registry = new FakeRegistry();
  registry.advisoriesKnown = advisories;
  return registry;
}

test('advisories of the versions that were asked for', async () => {
  const other = advisory({ id: 8, nameKey: '@s/pkg', cvss: null, affected: { ranges: [], versions: ['3.0.0'] } });
  const registry = knowing(advisory(), other);
  const body = { pkg: ['1.1.0', '1.2.0'], '@s/pkg': ['3.0.1'], unknown: ['1.0.0'], 'no name': ['1.0.0'] };
  expect((await call(registry, 'POST', bulk, body)).body).toEqual({
    pkg: [
      {
        id: 7,
        url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
        title: 'It falls over',
        severity: 'high',
        vulnerable_versions: '>=1.0.0 <1.2.0 || 2.0.0-beta',
        cwe: ['CWE-400'],
        cvss: { score: 7.5, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
      },
    ],
  });
  expect((await call(registry, 'POST', bulk, { pkg: ['1.2.0', 'latest', ''] })).body).toEqual({});
});

test('a lock tree is told what in it is vulnerable, and where', async () => {
  const tree = {
    dependencies: { a: { version: '1.0.0', dependencies: { pkg: { version: '1.1.0' } } }, pkg: { version: '1.2.0' } },
  };
  const { body } = await call(knowing(advisory()), 'POST', `${security}/audits`, tree);
  expect(body).toMatchObject({
    advisories: {
      7: {
        module_name: 'pkg',
        patched_versions: '>=1.2.0',
        findings: [{ version: '1.1.0', paths: ['a>pkg'] }],
        cves: ['CVE-2026-1'],
        github_advisory_id: 'GHSA-aaaa-bbbb-cccc',
      },
    },
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 1, critical: 0 }, totalDependencies: 3 },
  });
});

test.each([
  [{ ranges: [{ introduced: null, fixed: null, lastAffected: null }], versions: [] }, '*', '<0.0.0'],
  [{ ranges: [{ introduced: null, fixed: null, lastAffected: '1.0.0' }], versions: [] }, '<=1.0.0', '<0.0.0'],
  [{ ranges: [], versions: [] }, '<0.0.0-0', '<0.0.0'],
])('ranges of %j', (affected, vulnerable, patched) => {
  expect(vulnerableVersions(advisory({ affected }))).toBe(vulnerable);
  expect(patchedVersions(advisory({ affected }))).toBe(patched);
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
