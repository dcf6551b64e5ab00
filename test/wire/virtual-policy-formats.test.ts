/** The same policies for every format: on the document and on the file, in force and tried dry. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { wheel } from '../harness/python-packages.ts';
import { type Offer, offeredFormats } from './virtual-offers.ts';
import { hour, type SceneAnswer, virtualScene } from './virtual-scene.ts';

interface Policy {
  readonly what: string;
  readonly registry?: Record<string, unknown>;
  readonly upstream?: Record<string, unknown>;
  /** Lets it through again. */
  readonly undone: Record<string, unknown>;
}

const policies: readonly Policy[] = [
  { what: 'a rule that denies', upstream: { rules: [{ kind: 'deny', name: '*' }] }, undone: {} },
  { what: 'rules that allow something else', upstream: { rules: [{ kind: 'allow', name: 'x' }] }, undone: {} },
  {
    what: 'a license that nobody knows',
    upstream: { rules: [{ kind: 'deny', name: '*', license: '*AGPL*' }] },
    undone: { unknown_license: 'allow' },
  },
  {
    what: 'a minimum age and a date that nobody knows, or today',
    registry: { minimum_release_age_hours: 24 * 300 },
    undone: { minimum_release_age_hours: 0 },
  },
];

describe.each(offeredFormats)('$format', ({ format, at, offer }) => {
  const scene = virtualScene({ format, ...(at === undefined ? {} : { at }) });
  let name: string;
  let offered: Offer;

  beforeEach(async () => {
    name = `thing${scene.count}`;
    offered = await offer(scene, name);
  });

  const statuses = async (): Promise<readonly (number | null)[]> => {
    const document = offered.document === null ? null : (await scene.get(offered.document.path)).status;
    return [document, (await offered.download()).status];
  };
  const open = (): readonly (number | null)[] => [offered.document === null ? null : 200, 200];
  const blocked = (): readonly (number | null)[] => [offered.document === null ? null : 403, 403];

  test.each(policies)('$what', async ({ what, registry = {}, upstream = {}, undone }) => {
    // npm and Python say when their versions came, and npm its license.
    const known = (what.includes('license') && format === 'npm') || (what.includes('date') && format === 'npm');
    expect(await statuses()).toEqual(open());
    await scene.changeUpstream(upstream);
    await scene.change({ ...registry, policy_dry_run: true });
    expect(await statuses()).toEqual(open());
    await scene.change({ policy_dry_run: false });
    expect(await statuses()).toEqual(known ? open() : blocked());
    await scene.change(undone);
    await scene.changeUpstream({ rules: Object.keys(undone).includes('unknown_license') ? upstream['rules'] : [] });
    expect(await statuses()).toEqual(open());
  });

  const ecosystems: Readonly<Record<string, readonly [string, (of: string) => string]>> = {
    npm: ['npm', (of) => of],
    maven: ['Maven', (of) => `com.other:${of}`],
    pypi: ['PyPI', (of) => of],
    nuget: ['NuGet', (of) => of],
  };
  const advised = ecosystems[format];
  if (advised !== undefined) {
    test('an advisory', async () => {
      const [ecosystem, nameIn] = advised;
      await scene.server.api('POST', '/advisories', {
        advisories: [
          {
            id: `MAL-${format}-${scene.count}`,
            summary: 'Steals',
            affected: [
              {
                package: { ecosystem, name: nameIn(name) },
                ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
              },
            ],
          },
        ],
      });
      expect(await statuses()).toEqual(open());
      await scene.change({ advisory_action: 'block', policy_dry_run: true });
      expect(await statuses()).toEqual(open());
      await scene.change({ policy_dry_run: false });
      expect(await statuses()).toEqual(blocked());
      await scene.change({ advisory_action: 'warn' });
      expect(await statuses()).toEqual(open());
      expect((await offered.download()).headers.get('warning')).toContain(
        `The advisory MAL-${format}-${scene.count} (critical)`,
      );
    });
  }
});

/** `MIT` for the first version, GPL for the second: what is left when GPL is denied. */
const licenses: readonly (readonly [version: string, license: string])[] = [
  ['1.0', 'MIT'],
  ['2.0', 'GPL-3.0-only'],
];
const noGpl = { rules: [{ kind: 'deny', name: '*', license: 'GPL*' }] };

describe('licenses in POMs', () => {
  const scene = virtualScene({ format: 'maven' });
  const pom = (version: string, license: string): string =>
    `<project><groupId>com.other</groupId><artifactId>lib</artifactId><version>${version}</version><licenses><license><name>${license}</name></license></licenses></project>`;

  test('hide versions from the metadata, and their files', async () => {
    const folder = 'com/other/lib';
    const list = licenses.map(([version]) => `<version>${version}</version>`).join('');
    scene.upstream.on(
      `/${folder}/maven-metadata.xml`,
      `<metadata><groupId>com.other</groupId><artifactId>lib</artifactId><versioning><versions>${list}</versions></versioning></metadata>`,
    );
    for (const [version, license] of licenses) {
      const path = `/${folder}/${version}/lib-${version}.pom`;
      scene.upstream.on(path, pom(version, license));
      scene.upstream.on(`${path}.sha1`, createHash('sha1').update(pom(version, license)).digest('hex'));
    }
    const file = (version: string): Promise<SceneAnswer> => scene.get(`${folder}/${version}/lib-${version}.pom`);
    for (const [version] of licenses) expect((await file(version)).status).toBe(200);
    await scene.changeUpstream(noGpl);
    const { text } = await scene.get(`${folder}/maven-metadata.xml`);
    expect(text).toContain('<version>1.0</version>');
    expect(text).not.toContain('2.0');
    expect([(await file('1.0')).status, (await file('2.0')).status]).toEqual([200, 403]);
    // Metadata is asked again after an hour, POMs of releases are not, and their age isn't that of the list.
    scene.now += 2 * hour;
    expect((await scene.get(`${folder}/maven-metadata.xml`)).headers.get('age')).toBe('0');
    expect(scene.upstream.hits.get(`/${folder}/maven-metadata.xml`)).toBe(2);
    expect(scene.upstream.hits.get(`/${folder}/1.0/lib-1.0.pom`)).toBe(2);
  });
});

describe('licenses that a POM leaves to its parent', () => {
  const scene = virtualScene({ format: 'maven' });
  const childOf = (group: string): string =>
    `<project><groupId>com.other</groupId><artifactId>lib</artifactId><version>1.0</version><parent><groupId>${group}</groupId><artifactId>parent</artifactId><version>1</version></parent></project>`;
  const licensed =
    '<project><groupId>com.there</groupId><artifactId>parent</artifactId><version>1</version><licenses><license><name>MIT</name></license></licenses></project>';

  async function statusWithParentIn(group: string): Promise<number> {
    const path = 'com/other/lib/1.0/lib-1.0.pom';
    scene.upstream.on(`/${path}`, childOf(group));
    scene.upstream.on(`/${path}.sha1`, createHash('sha1').update(childOf(group)).digest('hex'));
    scene.upstream.on(`/com/${group.slice(4)}/parent/1/parent-1.pom`, licensed);
    await scene.changeUpstream({ rules: [{ kind: 'allow', name: '*', license: 'MIT' }] });
    return (await scene.get(path)).status;
  }

  test('are those of the parent', async () => {
    expect(await statusWithParentIn('com.there')).toBe(200);
  });

  test('and nobody is asked for a parent that is ours', async () => {
    const ours = 'com/ours/parent/1/parent-1.pom';
    const url = `${scene.server.url}/api/v4/projects/${scene.project.id}/packages/maven/${ours}`;
    const headers = { 'private-token': scene.server.rootToken };
    const deployed = await fetch(url, { method: 'PUT', body: licensed.replace('there', 'ours'), headers });
    expect(deployed.status).toBe(200);
    expect(await statusWithParentIn('com.ours')).toBe(403);
    expect(scene.upstream.hits.has(`/${ours}`)).toBe(false);
  });
});

describe('licenses in core metadata', () => {
  const scene = virtualScene({ format: 'pypi', at: '/simple' });

  test('hide releases from the page, and their files', async () => {
    const wheels = licenses.map(([version, license]) =>
      wheel({ name: 'lib', version, headers: [`License-Expression: ${license}`] }),
    );
    const files = wheels.map(({ fileName, bytes, sha256, metadata }) => {
      scene.upstream.on(`/packages/${fileName}`, bytes);
      scene.upstream.on(`/packages/${fileName}.metadata`, metadata);
      return { filename: fileName, url: `../../packages/${fileName}`, hashes: { sha256 }, 'core-metadata': true };
    });
    scene.upstream.on('/simple/lib/', (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' })
        .end(JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'lib', files }));
    });
    await scene.changeUpstream(noGpl);
    const page = await scene.json<{ files: { filename: string }[] }>('simple/lib/', {
      accept: 'application/vnd.pypi.simple.v1+json',
    });
    expect(page.files.map(({ filename }) => filename)).toEqual([wheels[0]?.fileName]);
    const answers = [];
    for (const { sha256, fileName } of wheels) {
      for (const path of [fileName, `${fileName}.metadata`])
        answers.push((await scene.get(`files/${sha256}/${path}`)).status);
    }
    expect(answers).toEqual([200, 200, 403, 403]);
  });
});

describe('licenses in registrations', () => {
  const scene = virtualScene({ format: 'nuget', at: '/v3/index.json' });

  test('hide versions from every document, and their files', async () => {
    const { url } = scene.upstream;
    scene.upstream.on('/v3/index.json', {
      version: '3.0.0',
      resources: [
        { '@id': `${url}/flat/`, '@type': 'PackageBaseAddress/3.0.0' },
        { '@id': `${url}/semver2/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
      ],
    });
    const items = licenses.map(([version, license], index) => {
      const normal = `${version}.0`;
      scene.upstream.on(`/flat/lib/${normal}/lib.${normal}.nupkg`, Buffer.from(`PK\u0003\u0004${version}`));
      const said =
        index === 0 ? { licenseUrl: `https://licenses.nuget.org/${license}` } : { licenseExpression: license };
      return {
        catalogEntry: { '@id': `${url}/c`, id: 'lib', version: normal, authors: 'a', description: 'd', ...said },
      };
    });
    scene.upstream.on('/semver2/lib/index.json', {
      count: 1,
      items: [{ '@id': `${url}/page`, count: 2, lower: '0.0.0', upper: '9.9.9', items }],
    });
    scene.upstream.on('/flat/lib/index.json', { versions: ['1.0.0', '2.0.0'] });
    const versions = async (): Promise<string[]> =>
      (await scene.json<{ versions: string[] }>('download/lib/index.json')).versions;
    expect(await versions()).toEqual(['1.0.0', '2.0.0']);
    await scene.changeUpstream(noGpl);
    expect(await versions()).toEqual(['1.0.0']);
    expect((await scene.get('metadata-semver2/lib/index.json')).text).not.toContain('2.0.0.nupkg');
    expect((await scene.get('download/lib/2.0.0/lib.2.0.0.nupkg')).status).toBe(403);
  });
});
