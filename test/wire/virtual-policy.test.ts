/** What a virtual registry of npm does about advisories and licenses, how it tells, and what it lists as hidden. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Offered, offerNpm } from '../harness/offered-packages.ts';
import { gid } from '../harness/virtual.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
let wire: NpmWire;
let name: string;

beforeEach(() => {
  name = `thing-${scene.count}`;
  wire = npmWire(`${scene.registry.url}/`, scene.member.token);
});

const offer = (versions: readonly Offered[]): Promise<Map<string, Buffer>> => offerNpm(scene.upstream, name, versions);
const versionsIn = ({ json }: WireAnswer): string[] => Object.keys(json?.['versions'] ?? {});
const shown = async (): Promise<string[]> => versionsIn(await wire.send('GET', name));
const tarballOf = (version = '1.0.0'): string => `${name}/-/${name}-${version}.tgz`;
const short = { accept: 'application/vnd.npm.install-v1+json' };
const base = (): string => `/virtual_registries/packages/npm/registries/${scene.registry.id}`;

interface Explained {
  readonly members: readonly {
    readonly member: string;
    readonly outcome: string;
    readonly hidden: readonly { readonly version: string; readonly rule: string; readonly reason: string }[];
    readonly warnings: readonly { readonly version: string; readonly advisory: string }[];
  }[];
  readonly versions: readonly { readonly version: string; readonly member: string; readonly license: string | null }[];
}
const explain = (): Promise<Explained> => scene.server.api('GET', `${base()}/explain?package=${name}`);

interface HiddenVersion {
  readonly name: string;
  readonly version: string;
  readonly rule: string;
  readonly dry_run: boolean;
  readonly times: number;
}
const hidden = (query = ''): Promise<HiddenVersion[]> => scene.server.api('GET', `${base()}/hidden${query}`);

/** Versions up to the one that repairs it are vulnerable. */
function advise(id: string, fixed: string, more: Record<string, unknown> = {}): Promise<unknown> {
  const record = {
    id,
    modified: '2026-02-01T00:00:00Z',
    summary: 'Prototype “pollution”',
    affected: [
      { package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }] },
    ],
    database_specific: { severity: 'HIGH' },
    ...more,
  };
  return scene.server.api('POST', '/advisories', { advisories: [record] });
}

describe('advisories', () => {
  test('that block: vulnerable versions are neither shown nor given, and tags move', async () => {
    await offer([{ version: '1.0.0' }, { version: '1.1.0' }]);
    await advise(`GHSA-b${scene.count}`, '1.1.0');
    await scene.change({ advisory_action: 'block' });
    expect(await shown()).toEqual(['1.1.0']);
    const refused = await wire.send('GET', tarballOf());
    expect(refused.status).toBe(403);
    expect(refused.bytes.toString()).toContain(`The advisory GHSA-b${scene.count} (high)`);
    expect((await wire.send('GET', tarballOf('1.1.0'))).status).toBe(200);
    await advise(`MAL-${scene.count}`, '1.2.0', { database_specific: {} });
    expect((await wire.send('GET', name)).status).toBe(403);
  });

  test('that block the newest version move its tags', async () => {
    await offer([{ version: '1.0.0' }, { version: '2.0.0' }]);
    const ranges = [{ type: 'SEMVER', events: [{ introduced: '2.0.0' }] }];
    await advise(`GHSA-t${scene.count}`, '', { affected: [{ package: { ecosystem: 'npm', name }, ranges }] });
    for (const dry of [true, false]) {
      await scene.change({ advisory_action: 'block', policy_dry_run: dry });
      const latest = dry ? '2.0.0' : '1.0.0';
      expect((await wire.send('GET', name)).json?.['dist-tags']).toEqual({ latest });
      expect((await wire.send('GET', `${name}/latest`)).json?.['version']).toBe(latest);
      expect((await wire.send('GET', `${name}/2.0.0`)).status).toBe(dry ? 200 : 404);
      expect((await explain()).members[1]).toMatchObject({ dry_run: dry, hidden: [{ version: '2.0.0' }] });
    }
  });

  test('count at once for what is cached, and no more once they are withdrawn', async () => {
    await offer([{ version: '1.0.0' }, { version: '1.1.0' }]);
    await scene.change({ advisory_action: 'block' });
    const id = `GHSA-c${scene.count}`;
    for (let times = 0; times < 3; times += 1) expect(await shown()).toEqual(['1.0.0', '1.1.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    const { etag } = Object.fromEntries((await wire.send('GET', name)).headers);
    await advise(id, '1.1.0');
    expect((await wire.send('GET', name, undefined, { 'if-none-match': etag ?? '' })).status).toBe(200);
    expect(await shown()).toEqual(['1.1.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(403);
    await advise(id, '1.1.0', { withdrawn: '2026-03-01T00:00:00Z' });
    expect(await shown()).toEqual(['1.0.0', '1.1.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
  });

  test('count from a severity on, of malicious packages always, and not those that are exempt', async () => {
    await offer([{}, { version: '2.0.0' }]);
    await advise(`GHSA-d${scene.count}`, '2.0.0', { database_specific: { severity: 'MODERATE' } });
    await scene.change({ advisory_action: 'block' });
    expect(await shown()).toEqual(['1.0.0', '2.0.0']);
    await scene.change({ advisory_minimum_severity: 'moderate' });
    expect(await shown()).toEqual(['2.0.0']);
    await scene.change({ advisory_exemptions: [{ id: `GHSA-d${scene.count}`, name, reason: 'not reachable' }] });
    expect(await shown()).toEqual(['1.0.0', '2.0.0']);
    await scene.change({ advisory_minimum_severity: 'critical' });
    await advise(`MAL-e${scene.count}`, '2.0.0', { database_specific: { severity: 'LOW' } });
    expect(await shown()).toEqual(['2.0.0']);
  });

  test('that warn: everything is shown, and who takes it is told', async () => {
    await offer([{}, { version: '2.0.0' }]);
    await advise(`GHSA-w${scene.count}`, '2.0.0');
    await scene.change({ advisory_action: 'warn' });
    const document = await wire.send('GET', name);
    expect(versionsIn(document)).toEqual(['1.0.0', '2.0.0']);
    expect(document.headers.get('npm-notice')).toBeNull();
    for (let times = 0; times < 2; times += 1) {
      const { status, headers } = await wire.send('GET', tarballOf());
      expect(status).toBe(200);
      expect(headers.get('npm-notice')).toContain(`${name} 1.0.0: The advisory GHSA-w${scene.count} (high)`);
      expect(headers.get('warning')).toMatch(/^299 packyard "thing-/);
    }
    expect((await wire.send('GET', tarballOf('2.0.0'))).headers.get('npm-notice')).toBeNull();
    const [, remote] = (await explain()).members;
    expect(remote?.warnings).toMatchObject([{ version: '1.0.0', advisory: `GHSA-w${scene.count}` }]);
    expect(remote?.hidden).toEqual([]);
  });

  test('say nothing of packages of ours, and nothing where they are not asked', async () => {
    await offer([{}]);
    await advise(`GHSA-n${scene.count}`, '2.0.0');
    expect(await shown()).toEqual(['1.0.0']);
    await scene.change({ advisory_action: 'block', policy_dry_run: true });
    expect(await shown()).toEqual(['1.0.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    expect((await explain()).members[1]?.hidden).toMatchObject([{ version: '1.0.0', rule: 'advisory' }]);
  });

  test('are not offered for formats that nobody writes any for', async () => {
    const create = (format: string): Promise<Response> =>
      fetch(`${scene.server.url}/api/v4/groups/${scene.group.id}/-/virtual_registries/packages/${format}/registries`, {
        method: 'POST',
        headers: { 'private-token': scene.server.rootToken, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'x', advisory_action: 'block' }),
      });
    expect((await create('generic')).status).toBe(400);
    expect((await create('maven')).status).toBe(201);
  });
});

describe('licenses', () => {
  const rules = (...list: [kind: string, license: string][]): Promise<unknown> =>
    scene.changeUpstream({ rules: list.map(([kind, license]) => ({ kind, name: '*', license })) });

  beforeEach(async () => {
    await offer([
      { version: '1.0.0', license: 'MIT' },
      { version: '2.0.0', license: 'GPL-3.0-only' },
      { version: '3.0.0', license: '(MIT OR GPL-3.0-only)' },
      { version: '4.0.0', license: { type: 'Apache-2.0', url: 'x' } },
      { version: '5.0.0', license: null },
    ]);
  });

  test('that are denied are hidden in both forms of the document, and as files', async () => {
    await rules(['deny', '*GPL*']);
    await scene.change({ unknown_license: 'allow' });
    expect(await shown()).toEqual(['1.0.0', '3.0.0', '4.0.0', '5.0.0']);
    expect(versionsIn(await wire.send('GET', name, undefined, short))).toEqual(['1.0.0', '3.0.0', '4.0.0', '5.0.0']);
    expect((await wire.send('GET', tarballOf('3.0.0'))).status).toBe(200);
    const refused = await wire.send('GET', tarballOf('2.0.0'));
    expect(refused.status).toBe(403);
    expect(refused.bytes.toString()).toContain('Its license is GPL-3.0-only, which a rule of the upstream denies.');
  });

  test('that nobody knows are hidden unless told otherwise', async () => {
    await rules(['deny', '*GPL*']);
    expect(await shown()).toEqual(['1.0.0', '3.0.0', '4.0.0']);
    expect((await wire.send('GET', tarballOf('5.0.0'))).status).toBe(403);
  });

  test('of a list are all that is shown', async () => {
    await rules(['allow', 'MIT'], ['allow', 'Apache-*']);
    expect(await shown()).toEqual(['1.0.0', '3.0.0', '4.0.0']);
    expect((await explain()).versions.map(({ license }) => license)).toEqual([
      'MIT',
      '(MIT OR GPL-3.0-only)',
      'Apache-2.0',
    ]);
  });

  test('count for files that came when nobody asked for licenses', async () => {
    expect((await wire.send('GET', name, undefined, short)).status).toBe(200);
    expect((await wire.send('GET', tarballOf('2.0.0'))).status).toBe(200);
    await rules(['deny', '*GPL*']);
    expect((await wire.send('GET', tarballOf('2.0.0'))).status).toBe(403);
    await rules();
    expect((await wire.send('GET', tarballOf('2.0.0'))).status).toBe(200);
  });

  test('come back with the rules as they were given', async () => {
    const path = `/virtual_registries/packages/npm/upstreams/${scene.upstreamId}`;
    await scene.changeUpstream({
      rules: [
        { kind: 'deny', name: 'a' },
        { kind: 'allow', name: '*', license: 'MIT' },
      ],
    });
    expect(await scene.server.api('GET', path)).toMatchObject({
      rules: [
        { kind: 'deny', name: 'a', version: null, license: null },
        { kind: 'allow', name: '*', version: null, license: 'MIT' },
      ],
    });
  });
});

describe('what is hidden', () => {
  const ago = (hours: number): string => new Date(scene.now - hours * hour).toISOString();

  test('is listed with the rule, in a dry run too', async () => {
    await offer([{ version: '1.0.0' }, { version: '2.0.0', time: ago(1) }]);
    await scene.change({ minimum_release_age_hours: 24, policy_dry_run: true });
    expect(await shown()).toEqual(['1.0.0', '2.0.0']);
    expect(await hidden()).toMatchObject([{ name, version: '2.0.0', rule: 'release-age', dry_run: true, times: 1 }]);
    await scene.change({ policy_dry_run: false });
    expect(await shown()).toEqual(['1.0.0']);
    expect((await wire.send('GET', tarballOf('2.0.0'))).status).toBe(403);
    expect(await hidden()).toMatchObject([{ version: '2.0.0', dry_run: false, times: 3 }]);
    expect(await hidden('?dry_run=true')).toEqual([]);
    expect(await hidden('?rule=release-age&search=thing')).toHaveLength(1);
    await explain();
    expect(await hidden()).toMatchObject([{ times: 3 }]);
    await scene.server.api('DELETE', `${base()}/hidden`);
    expect(await hidden()).toEqual([]);
  });

  test('is for maintainers to see', async () => {
    const response = await fetch(`${scene.server.url}/api/v4${base()}/hidden`, {
      headers: { 'private-token': scene.member.token },
    });
    expect(response.status).toBe(403);
  });
});

describe('traces', () => {
  const traceOf = async (path: string): Promise<string> =>
    (await wire.send('GET', path)).headers.get('x-packyard-trace') ?? '';
  const told = (id: string): Promise<Record<string, unknown>> => scene.server.api('GET', `${base()}/traces/${id}`);

  test('have one number as long as nothing changes, and another one then', async () => {
    await offer([{}]);
    const first = await traceOf(name);
    scene.now += 60_000;
    expect(await traceOf(name)).toBe(first);
    expect(await told(first)).toMatchObject({
      asked: name,
      members: [{ outcome: 'absent' }, { versions: 1, hidden: [] }],
    });
    await scene.changeUpstream({ rules: [{ kind: 'deny', name: '*', version: '2.*' }] });
    expect(await traceOf(name)).toBe(first);
    await scene.changeUpstream({ rules: [{ kind: 'deny', name: '*' }] });
    const second = await traceOf(name);
    expect(second).not.toBe(first);
    expect(await told(second)).toMatchObject({ members: [{}, { hidden: [{ version: '1.0.0', rule: 'deny' }] }] });
    scene.now += 2 * hour;
    expect(await traceOf(name)).not.toBe(second);
  });

  test('are told of the registry alone that answered', async () => {
    await offer([{}]);
    const id = await traceOf(name);
    await scene.renew([gid.project(scene.project.id)]);
    const response = await scene.get(`${scene.server.url}/api/v4${base()}/traces/${id}`);
    expect(response.status).toBe(404);
  });

  test('explanations say which member a version comes from', async () => {
    await offer([{}]);
    const { versions } = await explain();
    expect(versions).toMatchObject([{ version: '1.0.0', member: '127.0.0.1', license: 'MIT' }]);
  });
});
