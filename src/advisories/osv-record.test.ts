import { describe, expect, test } from 'vitest';
import compare from 'semver/functions/compare.js';
import { isAffected } from '../lib/affected-versions.ts';
import { type Ecosystem, readOsvRecord } from './osv-record.ts';

const npm: Ecosystem = {
  format: 'npm',
  nameKey: (name) => (/^[a-z@/.-]+$/.test(name) ? name : null),
  compareVersions: (a, b) => compare(a, b),
};
const ecosystems = new Map([['npm', npm]]);

const record = {
  schema_version: '1.6.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-02-01T00:00:00Z',
  published: '2026-01-01T00:00:00Z',
  aliases: ['CVE-2026-1'],
  summary: 'Everything falls over',
  details: 'It does.',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'lib', purl: 'pkg:npm/lib' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }] }],
    },
  ],
  references: [{ type: 'WEB', url: 'https://example.com/x' }],
  database_specific: { severity: 'HIGH', cwe_ids: ['CWE-400'] },
};

function advisoryOf(change: Record<string, unknown>) {
  const outcome = readOsvRecord({ ...record, ...change }, ecosystems);
  if (!('advisory' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.advisory;
}

test('a record in full', () => {
  expect(advisoryOf({})).toEqual({
    osvId: 'GHSA-aaaa-bbbb-cccc',
    summary: 'Everything falls over',
    details: 'It does.',
    severity: 'high',
    cvss: { score: 7.5, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
    cwes: ['CWE-400'],
    aliases: ['CVE-2026-1'],
    url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    publishedAt: Date.UTC(2026, 0, 1),
    modifiedAt: Date.UTC(2026, 1, 1),
    packages: [
      {
        format: 'npm',
        nameKey: 'lib',
        affected: { ranges: [{ introduced: null, fixed: '1.2.3', lastAffected: null }], versions: [] },
      },
    ],
  });
});

test('several entries of one package become one', () => {
  const entry = (introduced: string, fixed: string) => ({
    package: { ecosystem: 'npm', name: 'lib' },
    ranges: [{ type: 'SEMVER', events: [{ introduced }, { fixed }] }],
  });
  const { packages } = advisoryOf({ affected: [entry('1.0.0', '1.1.0'), entry('2.0.0', '2.1.0')] });
  expect(packages).toHaveLength(1);
  expect(packages[0]?.affected.ranges).toHaveLength(2);
});

describe('which versions are affected', () => {
  const events = (...list: object[]) => [{ type: 'ECOSYSTEM', events: list }];
  test.each([
    [events({ introduced: '0' }, { fixed: '1.2.3' }), ['0.0.1', '1.2.2'], ['1.2.3', '2.0.0']],
    [events({ introduced: '1.0.0' }, { last_affected: '1.5.0' }), ['1.0.0', '1.5.0'], ['0.9.0', '1.5.1']],
    [events({ introduced: '1.0.0' }), ['1.0.0', '9.0.0'], ['0.9.0']],
    [
      events({ fixed: '2.1.0' }, { introduced: '2.0.0' }, { fixed: '1.1.0' }, { introduced: '1.0.0' }),
      ['1.0.5', '2.0.5'],
      ['1.1.0', '1.9.0', '2.1.0'],
    ],
    [[{ type: 'GIT', events: [{ introduced: 'abc' }] }], ['1.0.0'], ['1.0.1']],
  ])('%j', (ranges, affected, unaffected) => {
    const entry = { package: { ecosystem: 'npm', name: 'lib' }, ranges, versions: ['1.0.0'] };
    const found = advisoryOf({ affected: [entry] }).packages[0]?.affected;
    if (found === undefined) throw new Error('nothing is affected');
    for (const version of affected) expect(isAffected(version, found, npm.compareVersions), version).toBe(true);
    for (const version of unaffected) expect(isAffected(version, found, npm.compareVersions), version).toBe(false);
  });
});

test.each([
  [{ withdrawn: '2026-03-01T00:00:00Z' }, { withdrawn: 'GHSA-aaaa-bbbb-cccc' }],
  [{ affected: [{ package: { ecosystem: 'Go', name: 'lib' } }] }, { irrelevant: 'GHSA-aaaa-bbbb-cccc' }],
  [{ affected: [{ package: { ecosystem: 'npm', name: 'NO NAME' } }] }, { irrelevant: 'GHSA-aaaa-bbbb-cccc' }],
  [{ affected: 'x' }, { irrelevant: 'GHSA-aaaa-bbbb-cccc' }],
  [{ affected: [null, { package: 7 }] }, { irrelevant: 'GHSA-aaaa-bbbb-cccc' }],
])('%j', (change, outcome) => {
  expect(readOsvRecord({ ...record, ...change }, ecosystems)).toEqual(outcome);
});

test.each([[null], ['x'], [[]], [{}], [{ id: '' }], [{ id: '../x' }], [{ id: 7 }]])('%j is no record', (value) => {
  expect(() => readOsvRecord(value, ecosystems)).toThrow(/^(?:is no JSON object|has no id)$/);
});

test.each([
  [{ database_specific: { severity: 'LOW' } }, 'low'],
  [{ database_specific: {} }, 'high'],
  [{ database_specific: null, severity: null }, 'high'],
  [{ database_specific: {}, severity: [{ score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H' }] }, 'critical'],
  [{ database_specific: {}, severity: [{ score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N' }] }, 'moderate'],
])('severity of %j', (change, severity) => {
  expect(advisoryOf(change).severity).toBe(severity);
});
