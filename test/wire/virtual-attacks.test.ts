/** Names of ours, asked for in every way that a client or an attacker may: no upstream hears of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { npmPackage } from '../harness/packages.ts';
import { uploadForm, wheel } from '../harness/python-packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { createRegistry, gid } from '../harness/virtual.ts';
import { nupkg } from '../nuget/nupkg.ts';
import { npmWire } from './npm-wire.ts';
import { ask, type RawAnswer } from './raw-http.ts';
import { moduleArchive, modulePath, terraformWire } from './terraform-wire.ts';

let server: TestServer;
let group: TestGroup;
let project: TestProject;
let upstream: FakeUpstream;
/** Sees the group, and neither of its projects. */
let outsider: TestUser;

beforeAll(async () => {
  server = await startServer({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  group = await server.createGroup('acme', 'public');
  project = await server.createProject('acme/app', 'private');
  const open = await server.createProject('acme/open', 'private');
  outsider = await server.createUser('otto');
  await server.addMember(open, outsider, 'developer');
  upstream = await fakeUpstream();
});
afterAll(async () => {
  await server.stop();
  await upstream.close();
});

const api = (path: string): string => `${server.url}/api/v4${path}`;

/** What each format calls a package of ours, and all the ways to ask for a higher version of it. */
interface Case {
  readonly format: string;
  readonly publish: (to: TestProject) => Promise<number>;
  readonly paths: readonly string[];
  /** A name that is nobody's: the upstream is asked for it. */
  readonly foreign: string;
  /** As `explain` takes it. */
  readonly called: string;
  /** Its document, its file, and a search for it: what those see who may read it. */
  readonly own: readonly string[];
  /** As it may be spelled in a request to an upstream, in lower case with `-` for `_` and `.`. */
  readonly trace: string;
}

const send = async (to: TestProject, method: string, path: string, body: string | FormData): Promise<number> => {
  const headers = { 'private-token': server.rootToken };
  const response = await fetch(api(`/projects/${to.id}/packages${path}`), { method, body, headers });
  await response.arrayBuffer();
  return response.status;
};

const digest = 'a'.repeat(64);
const python = wheel({ name: 'acme-utils', version: '1.0' });
const cases: readonly Case[] = [
  {
    format: 'npm',
    foreign: 'left-pad',
    called: 'acme-utils',
    trace: 'acme-utils',
    own: ['acme-utils', 'acme-utils/-/acme-utils-1.0.0.tgz', '-/v1/search?text=acme-utils'],
    publish: async (to) =>
      (await npmWire(to.npm, server.rootToken).put(await npmPackage({ name: 'acme-utils' }))).status,
    paths: [
      'acme-utils',
      'acme%2Dutils',
      '%61cme-utils',
      'acme-utils/99.0.0',
      'acme-utils/latest',
      'acme-utils/%5E99.0.0',
      'acme-utils/-/acme-utils-99.0.0.tgz',
      'acme-utils/-/other-99.0.0.tgz',
      'acme-utils/-/%61cme-utils-99.0.0.tgz',
      '-/package/acme-utils/dist-tags',
      '-/v1/search?text=acme-utils',
      '-/npm/v1/attestations/acme-utils@99.0.0',
    ],
  },
  {
    format: 'maven',
    foreign: 'com/other/lib/maven-metadata.xml',
    called: 'com.acme:utils',
    trace: 'acme/utils',
    own: ['com/acme/utils/maven-metadata.xml', 'com/acme/utils/1.0/utils-1.0.pom'],
    publish: (to) => {
      const pom = `<project><groupId>com.acme</groupId><artifactId>utils</artifactId><version>1.0</version><packaging>pom</packaging></project>`;
      return send(to, 'PUT', '/maven/com/acme/utils/1.0/utils-1.0.pom', pom);
    },
    paths: [
      'com/acme/utils/maven-metadata.xml',
      'com/acme/utils/maven-metadata.xml.sha1',
      'com/acme/%75tils/maven-metadata.xml',
      'com/acme/utils/99.0/maven-metadata.xml',
      'com/acme/utils/99.0/1/99.0-1.jar',
      'com/acme/utils/99.0/utils-99.0.pom',
      'com/acme/utils/99.0/utils-99.0.jar',
      'com/acme/utils/99.0/utils-99.0.jar.sha1',
      'com/acme/utils/99.0-SNAPSHOT/maven-metadata.xml',
      'com/acme/utils/99.0-SNAPSHOT/utils-99.0-20260101.000000-1.jar',
      'com/acme/utils/./maven-metadata.xml',
      'com/acme/utils/%2e/maven-metadata.xml',
      'com/acme/x/../utils/maven-metadata.xml',
      'com/acme/x/%2e%2e/utils/maven-metadata.xml',
      'com//acme/utils/maven-metadata.xml',
    ],
  },
  {
    format: 'pypi',
    foreign: 'simple/left-pad/',
    called: 'Acme_Utils',
    trace: 'acme-utils',
    own: ['simple/acme-utils/', `files/${python.sha256}/${python.fileName}`, 'simple/', 'pypi/acme-utils/json'],
    publish: (to) => {
      return send(to, 'POST', '/pypi', uploadForm(python));
    },
    paths: [
      'simple/acme-utils/',
      'simple/acme-utils',
      'simple/ACME_utils/',
      'simple/acme.utils/',
      'simple/acme--utils/',
      'simple/acme%5Futils/',
      'pypi/acme-utils/json',
      'pypi/Acme_Utils/99.0/json',
      `files/${digest}/acme_utils-99.0-py3-none-any.whl`,
      `files/${digest}/acme_utils-99.0-py3-none-any.whl.metadata`,
      `files/${digest}/Acme.Utils-99.0-py3-none-any.whl`,
      `files/${digest}/acme-utils-99.0.tar.gz`,
      `files/${digest}/acme_utils-99.0.tar.gz.metadata`,
      `files/${digest}/acme-utils-99.0-1.tar.gz`,
    ],
  },
  {
    format: 'nuget',
    foreign: 'download/left.pad/index.json',
    called: 'Acme.Utils',
    trace: 'acme-utils',
    own: [
      'metadata/acme.utils/index.json',
      'download/acme.utils/index.json',
      'download/acme.utils/1.0.0/acme.utils.1.0.0.nupkg',
      'query?q=acme.utils',
      'autocomplete?q=acme',
    ],
    publish: (to) => {
      const form = new FormData();
      form.set('package', new Blob([new Uint8Array(nupkg({ id: 'Acme.Utils', version: '1.0.0' }))]), 'p.nupkg');
      return send(to, 'PUT', '/nuget/', form);
    },
    paths: [
      'metadata/acme.utils/index.json',
      'metadata/Acme.Utils/index.json',
      'metadata/ACME.UTILS/99.0.0.json',
      'metadata/acme%2Eutils/99.0.0',
      'download/acme.utils/index.json',
      'download/ACME.Utils/index.json',
      'download/acme.utils/99.0.0/acme.utils.99.0.0.nupkg',
      'download/Acme.Utils/99.0.0/Acme.Utils.99.0.0.nupkg',
      'download/acme.utils/99.0.0/acme.utils.nuspec',
      'query?q=acme.utils',
      'autocomplete?id=acme.utils',
      "v2/FindPackagesById()?id='Acme.Utils'",
      "v2/Packages(Id='Acme.Utils',Version='99.0.0')",
    ],
  },
  {
    format: 'generic',
    foreign: 'left-pad/1.0/tool.bin',
    called: 'acme-utils',
    trace: 'acme-utils',
    own: ['acme-utils/1.0/tool.bin'],
    publish: (to) => send(to, 'PUT', '/generic/acme-utils/1.0/tool.bin', 'the tool'),
    paths: [
      'acme-utils/99.0/tool.bin',
      'acme-utils/1.0/other.bin',
      'acme-utils/latest/tool.bin',
      'acme%2Dutils/99.0/tool.bin',
      '%61cme-utils/99.0/tool.bin',
      'acme-utils/99.0/a/b/tool.bin',
      'acme-utils/./99.0/tool.bin',
      'acme-utils//99.0/tool.bin',
      'x/../acme-utils/99.0/tool.bin',
      'x/%2e%2e/acme-utils/99.0/tool.bin',
      'x/1.0/..%2f..%2facme-utils/99.0/tool.bin',
    ],
  },
  {
    format: 'terraform',
    foreign: 'modules/v1/other/net/aws/versions',
    // A name belongs to one project of the group.
    called: 'acme/utils-too/aws',
    trace: 'acme/utils/aws',
    own: [
      'modules/v1/acme/utils-too/aws/versions',
      'modules/v1/acme/utils-too/aws',
      'modules/v1/acme/utils-too/aws/1.0.0/download',
    ],
    publish: async (to) => {
      const path = modulePath(to, to === project ? 'utils/aws' : 'utils-too/aws', '1.0.0');
      return (await terraformWire(server)('PUT', path, { body: await moduleArchive('ours') })).status;
    },
    paths: [
      'modules/v1/acme/utils/aws/versions',
      'modules/v1/acme/utils/aws',
      'modules/v1/ACME/Utils/AWS/versions',
      'modules/v1/acme/%75tils/aws/versions',
      'modules/v1/acme/utils/aws/99.0.0',
      'modules/v1/acme/utils/aws/99.0.0/download',
      'modules/v1/acme/utils/aws/download',
      'modules/v1/acme/utils/aws/99.0.0/file',
      'modules/v1/acme/utils/aws/99.0.0/file?archive=tgz',
      'modules/v1/x/../acme/utils/aws/versions',
      'modules/v1/x/%2e%2e/acme/utils/aws/versions',
      'modules/v1/acme/utils',
      'modules/v1/search?q=utils',
    ],
  },
];

/** What was asked upstream that names the package. */
function leaked({ trace }: Case): string[] {
  return [...upstream.hits.keys()].filter((path) => {
    const asked = decodeURIComponent(path).toLowerCase();
    if (trace.includes('/')) return asked.includes(trace);
    return asked
      .replace(/[-_.]+/g, '-')
      .split('/')
      .includes(trace);
  });
}

/** Sends the path as it is: `fetch` would tidy it up. */
async function answerTo(base: string, path: string, token: string): Promise<RawAnswer> {
  const { pathname, host } = new URL(base);
  const lines = [`GET ${pathname}/${path} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`, '', ''];
  return ask(server.url, lines.join('\r\n'));
}

async function get(base: string, path: string, token: string): Promise<number> {
  return (await answerTo(base, path, token)).status;
}

async function mountsOf(format: string, local: TestProject): Promise<readonly string[]> {
  const remote = `${upstream.url}/${format}`;
  const first = await createRegistry(server, group, format, [gid.project(local.id), { url: remote }]);
  const second = await createRegistry(server, group, format, [gid.group(group.id), { url: `${remote}/2` }]);
  const third = await createRegistry(server, group, format, [{ url: `${remote}/3` }]);
  await server.api('PUT', `/projects/${local.id}/dependency_proxy/settings/${format}`, { url: `${remote}/4` });
  return [first.url, second.url, third.url, api(`/projects/${local.id}/dependency_proxy/packages/${format}`)];
}

/** The package, of which there must be one. */
async function removeAll({ id }: TestProject, format: string): Promise<void> {
  const type = format === 'terraform' ? 'terraform_module' : format;
  const packages = await server.api<{ id: number }[]>('GET', `/projects/${id}/packages?package_type=${type}`);
  expect(packages).toHaveLength(1);
  for (const one of packages) await server.api('DELETE', `/projects/${id}/packages/${one.id}`);
}

describe.each(cases)('$format', (one) => {
  test('a name of ours leaks by no path, mount or caller, not even after it was deleted', async () => {
    expect(await one.publish(project)).toBeLessThan(300);
    const mounts = await mountsOf(one.format, project);
    const all = async (): Promise<void> => {
      for (const mount of mounts) {
        for (const path of one.paths) {
          const statuses = [await get(mount, path, server.rootToken), await get(mount, path, outsider.token)];
          for (const status of statuses) expect(status, path).toBeLessThan(500);
        }
      }
    };
    await all();
    expect(leaked(one)).toEqual([]);
    for (const mount of mounts) {
      const before = upstream.hits.size;
      await get(mount, one.foreign, server.rootToken);
      expect(upstream.hits.size, one.foreign).toBeGreaterThan(before);
    }
    await removeAll(project, one.format);
    await all();
    expect(leaked(one)).toEqual([]);
  });

  test('a name that is reserved leaks as little, by itself and by its beginning', async () => {
    const early = await server.createGroup(`early-${one.format}`, 'public');
    const { url } = await createRegistry(server, early, one.format, [{ url: `${upstream.url}/early-${one.format}` }]);
    const names = `/groups/${early.id}/-/virtual_registries/packages/${one.format}/reserved_names`;
    const name = one.format === 'terraform' ? one.trace : one.called;
    for (const pattern of [name, `${name.slice(0, 5)}*`]) {
      const { id } = await server.api<{ id: number }>('POST', names, { pattern });
      for (const path of one.paths) expect(await get(url, path, server.rootToken), path).toBeLessThan(500);
      expect(leaked(one), pattern).toEqual([]);
      await server.api('DELETE', `${names}/${id}`);
    }
    upstream.hits.clear();
    await get(url, one.paths[0] ?? '', server.rootToken);
    expect(upstream.hits.size).toBeGreaterThan(0);
    upstream.hits.clear();
  });

  test('a name that the caller may not know is refused as one that is nowhere', async () => {
    const closed = await server.createProject(`acme/closed-${one.format}`, 'private');
    expect(await one.publish(closed)).toBeLessThan(300);
    const remote = `${upstream.url}/closed-${one.format}`;
    const { url } = await createRegistry(server, group, one.format, [gid.project(closed.id), { url: remote }]);
    let compared = 0;
    for (const path of one.paths) {
      if (path.includes('%75')) continue;
      const nowhere = path.replaceAll(/utils/gi, (name) => (name === 'utils' ? 'nobody' : 'Nobody'));
      const [ours, theirs] = [await answerTo(url, path, outsider.token), await answerTo(url, nowhere, outsider.token)];
      // An upstream that has nothing at all is no source of some formats.
      if (theirs.status !== 404) continue;
      compared += 1;
      expect(ours.status, path).toBe(404);
      expect(ours.headers.has('x-packyard-trace'), path).toBe(theirs.headers.has('x-packyard-trace'));
      expect(ours.body.toString().replaceAll(/utils/gi, 'x'), path).toBe(
        theirs.body.toString().replaceAll(/nobody/gi, 'x'),
      );
    }
    if (one.format !== 'nuget') expect(compared).toBeGreaterThan(1);
    await removeAll(closed, one.format);
  });

  test('of what the caller may not read, nothing is seen: not warm, not by search, not explained', async () => {
    const secret = await server.createProject(`acme/secret-${one.format}`, 'private');
    expect(await one.publish(secret)).toBeLessThan(300);
    const { id, url } = await createRegistry(server, group, one.format, [gid.project(secret.id)]);
    for (const path of one.own) {
      const seen = [];
      for (let times = 0; times < 2; times += 1) {
        seen.push(await answerTo(url, path, server.rootToken));
        const { status, body } = await answerTo(url, path, outsider.token);
        // A search finds nothing; everything else isn't there.
        expect([200, 404], path).toContain(status);
        if (status === 200) expect(body.toString().toLowerCase(), path).not.toContain('utils');
      }
      expect(
        seen.map(({ status }) => status < 300),
        path,
      ).toEqual([true, true]);
      expect(seen.at(-1)?.headers.get('cache-control') ?? 'private', path).toMatch(/private|no-store|no-cache/);
    }
    const explain = `/virtual_registries/packages/${one.format}/registries/${id}/explain?package=${one.called}`;
    const told = await server.api<{ versions: unknown[] | null }>('GET', explain, undefined, outsider.token);
    expect(told.versions ?? []).toEqual([]);
    // Generic has no document that lists versions.
    const { versions } = await server.api<{ versions: unknown[] | null }>('GET', explain);
    expect(versions?.length ?? null).toBe(one.format === 'generic' ? null : 1);
  });
});
