/** What was imported from OSV is what `npm audit` and `pnpm audit` find. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { restOf } from '../harness/rest.ts';
import { describeClient } from './client.ts';
import { type NpmMachine, npmMachine } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

const record = {
  schema_version: '1.6.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-02-01T00:00:00Z',
  published: '2026-01-01T00:00:00Z',
  aliases: ['CVE-2026-1'],
  summary: 'Knots come undone',
  details: 'When pulled.',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: '@acme/frail' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.1.0' }] }],
    },
  ],
  database_specific: { severity: 'HIGH', cwe_ids: ['CWE-400'] },
};

let at: Scene;

beforeAll(async () => {
  at = await scene();
  const rest = restOf(at.server);
  const request = { token: at.server.rootToken, json: { advisories: [record] } };
  expect((await rest('POST', '/advisories', request)).body).toMatchObject({ kept: 1, unreadable: 0 });
  return at.end;
});

async function publishAll(machine: NpmMachine): Promise<void> {
  for (const version of ['1.0.0', '1.1.0']) await machine.publish({ name: '@acme/frail', version });
}

describeClient('npm@machine', (npm) => {
  let dora: NpmMachine;

  beforeAll(async () => {
    dora = await npmMachine(npm, { registry: at.open.npm, token: at.developer.token });
    await publishAll(dora);
  });

  test('npm audit finds it, and npm audit fix repairs it', async () => {
    const cwd = await dora.consumer();
    expect((await dora.run(['install', '@acme/frail@1.0.0'], { cwd })).code).toBe(0);
    // The lock file is what is repaired: a fixed version in package.json would stand in the way.
    const audit = await dora.run(['audit', '--json'], { cwd });
    expect(audit.code, audit.stdout + audit.stderr).toBe(1);
    const found = JSON.parse(audit.stdout) as { vulnerabilities: Record<string, { severity: string; via: object[] }> };
    expect(found.vulnerabilities['@acme/frail']).toMatchObject({
      severity: 'high',
      via: [
        {
          title: 'Knots come undone',
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
          range: '>=1.0.0 <1.1.0',
        },
      ],
    });
    expect((await dora.run(['audit', 'fix'], { cwd })).code).toBe(0);
    const lock = await readFile(path.join(cwd, 'package-lock.json'), 'utf8');
    expect(lock).toContain('frail-1.1.0.tgz');
    expect((await dora.run(['audit'], { cwd })).code).toBe(0);
  });
});

describe('who may', () => {
  test('import: administrators; list: who is signed in', async () => {
    const rest = restOf(at.server);
    const json = { advisories: [record] };
    expect((await rest('POST', '/advisories', { token: at.maintainer.token, json })).status).toBe(403);
    expect((await rest('POST', '/advisories', { json })).status).toBe(401);
    const list = '/advisories?package_type=npm&package_name=@acme%2Ffrail';
    expect((await rest('GET', list)).status).toBe(401);
    expect((await rest('GET', list, { token: at.stranger.token })).body).toMatchObject([
      { osv_id: 'GHSA-aaaa-bbbb-cccc', severity: 'high', aliases: ['CVE-2026-1'] },
    ]);
    for (const wrong of ['package_type=nothing&package_name=x', 'package_type=npm&package_name=%20']) {
      expect((await rest('GET', `/advisories?${wrong}`, { token: at.stranger.token })).status).toBe(400);
    }
  });

  test('a withdrawn advisory is gone', async () => {
    const rest = restOf(at.server);
    const json = {
      advisories: [
        { ...record, id: 'GHSA-gone' },
        'x',
        { ...record, id: 'GHSA-gone', withdrawn: '2026-03-01T00:00:00Z' },
      ],
    };
    expect((await rest('POST', '/advisories', { token: at.server.rootToken, json })).status).toBe(400);
    json.advisories.splice(1, 1);
    expect((await rest('POST', '/advisories', { token: at.server.rootToken, json })).body).toMatchObject({
      kept: 1,
      withdrawn: 1,
    });
    const { body } = await rest('GET', '/advisories?package_type=npm&package_name=@acme%2Ffrail', {
      token: at.server.rootToken,
    });
    expect(body).toHaveLength(1);
  });
});
