/** What was imported from OSV, in the words of each format's clients. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { wheel } from '../harness/python-packages.ts';
import { pypiWire } from './pypi-wire.ts';

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme', 'public');
  project = await server.createProject('acme/audited', 'public');
  const record = (id: string, ecosystem: string, name: string, events: object[]) => ({
    id,
    modified: '2026-02-01T00:00:00Z',
    published: '2026-01-01T00:00:00Z',
    aliases: ['CVE-2026-1'],
    summary: 'It leaks',
    details: 'Much.',
    affected: [{ package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events }] }],
    database_specific: { severity: 'CRITICAL' },
  });
  await server.api('POST', '/advisories', {
    advisories: [
      record('PYSEC-1', 'PyPI', 'Leaky.Thing', [{ introduced: '0' }, { fixed: '1.5' }]),
      record('GHSA-1', 'NuGet', 'Leaky.Thing', [{ introduced: '1.0.0' }, { last_affected: '2.0.0' }]),
    ],
  });
});
afterAll(() => server.stop());

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${server.url}/api/v4/projects/${project.id}/packages/${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

test('PyPI: releases say which of them are vulnerable', async () => {
  for (const version of ['1.0', '1.5']) {
    expect((await pypiWire(server, project).upload(wheel({ name: 'leaky-thing', version }))).status).toBe(201);
  }
  type Page = { vulnerabilities: object[] };
  expect((await get<Page>('pypi/pypi/leaky-thing/1.0/json')).vulnerabilities).toEqual([
    {
      aliases: ['CVE-2026-1'],
      details: 'Much.',
      fixed_in: ['1.5'],
      id: 'PYSEC-1',
      link: 'https://osv.dev/vulnerability/PYSEC-1',
      source: 'osv',
      summary: 'It leaks',
      withdrawn: null,
    },
  ]);
  expect((await get<Page>('pypi/pypi/leaky-thing/1.5/json')).vulnerabilities).toEqual([]);
  expect((await get<Page>('pypi/pypi/leaky-thing/json')).vulnerabilities).toEqual([]);
});

test('NuGet: the service index names a list, which has all', async () => {
  type Index = { resources: { '@id': string; '@type': string }[] };
  const { resources } = await get<Index>('nuget/index.json');
  expect(resources.find((resource) => resource['@type'] === 'VulnerabilityInfo/6.7.0')?.['@id']).toContain(
    '/packages/nuget/vulnerabilities/index.json',
  );
  expect(await get('nuget/vulnerabilities/index.json')).toMatchObject([
    { '@name': 'all', '@updated': '2026-02-01T00:00:00.000Z' },
  ]);
  expect(await get('nuget/vulnerabilities/all.json')).toEqual({
    'leaky.thing': [{ severity: 3, url: 'https://github.com/advisories/GHSA-1', versions: '[1.0.0, 2.0.0]' }],
  });
});

test('what was withdrawn is gone from every answer', async () => {
  const gone = { id: 'GHSA-1', modified: '2026-03-01T00:00:00Z', withdrawn: '2026-03-01T00:00:00Z' };
  await server.api('POST', '/advisories', { advisories: [gone] });
  const { resources } = await get<{ resources: { '@type': string }[] }>('nuget/index.json');
  expect(resources.map((resource) => resource['@type'])).not.toContain('VulnerabilityInfo/6.7.0');
});
