import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourcePackage, SourceVersion } from '../../registry/model.ts';
import { objectText } from './json-text.ts';
import { mountLink } from './mount-links.ts';
import { tarballPath } from './names.ts';
import type { Packument } from './packument.ts';
import { abbreviatedPackument, fullPackument } from './packument-kinds.ts';

const base = 'https://host/api/v4/projects/1/packages/npm';

function fragment(name: string, version: string, more: Record<string, unknown> = {}): string {
  const members = Object.entries({ name, version, ...more }).map(
    ([key, value]) => [key, JSON.stringify(value)] as const,
  );
  return objectText([
    ...members,
    [
      'dist',
      objectText([
        ['shasum', '"abc"'],
        ['tarball', mountLink(tarballPath(name, version))],
      ]),
    ],
  ]);
}

function sourceVersion(version: string, change: Partial<SourceVersion> = {}): SourceVersion {
  return {
    id: Number(version.replaceAll(/\D/g, '')),
    key: version,
    version,
    revision: 1,
    publishedAt: 1_700_000_000_000,
    publisher: { username: 'ann', email: 'ann@example.com' },
    fragment: fragment('@s/pkg', version),
    status: 'default',
    standing: null,
    standingReason: null,
    files: [],
    ...change,
  };
}

function source(versions: readonly SourceVersion[], change: Partial<SourcePackage> = {}): SourcePackage {
  return {
    id: 7,
    projectId: 1,
    name: '@s/pkg',
    nameKey: '@s/pkg',
    revision: versions.length,
    createdAt: 1_600_000_000_000,
    updatedAt: 1_650_000_000_000,
    versions,
    tags: new Map(),
    maintainers: [
      { username: 'ann', email: 'ann@example.com' },
      { username: 'bot', email: null },
    ],
    stars: [],
    readme: null,
    standing: null,
    standingReason: null,
    ...change,
  };
}

function textOf(kind: typeof fullPackument, document: Packument, mount = base): string {
  const { parts } = kind.render(document, { base: mount });
  return parts.map((part) => (typeof part === 'string' ? part : part.text())).join('');
}

function rendered(kind: typeof fullPackument, document: Packument, mount = base): ReturnType<typeof JSON.parse> {
  return JSON.parse(textOf(kind, document, mount));
}

describe('the full packument', () => {
  test('has everything, and links below the mount it is read from', () => {
    const manifest = {
      author: { name: 'A' },
      license: 'MIT',
      keywords: ['k'],
      description: 'd',
      readmeFilename: 'README.md',
    };
    const document = fullPackument.build(
      source([sourceVersion('1.0.0'), sourceVersion('1.1.0', { fragment: fragment('@s/pkg', '1.1.0', manifest) })], {
        tags: new Map([
          ['latest', '1.1.0'],
          ['old', '1.0.0'],
          ['__proto__', '1.0.0'],
        ]),
        stars: ['ann', '__proto__'],
        readme: '# Read me',
      }),
    );
    const person = { name: 'ann', email: 'ann@example.com' };
    const json = rendered(fullPackument, document);
    expect(json).toMatchObject({
      _id: '@s/pkg',
      name: '@s/pkg',
      ...manifest,
      time: {
        created: '2020-09-13T12:26:40.000Z',
        modified: '2023-11-14T22:13:20.000Z',
        '1.0.0': '2023-11-14T22:13:20.000Z',
      },
      maintainers: [person, { name: 'bot', email: '' }],
      readme: '# Read me',
    });
    expect(json._rev).toMatch(/^2-[0-9a-f]{32}$/);
    expect(Object.entries(json['dist-tags'])).toEqual([
      ['latest', '1.1.0'],
      ['old', '1.0.0'],
      ['__proto__', '1.0.0'],
    ]);
    expect(Object.keys(json.users)).toEqual(['ann', '__proto__']);
    expect(json.versions['1.0.0']).toEqual({
      name: '@s/pkg',
      version: '1.0.0',
      dist: { shasum: 'abc', tarball: `${base}/@s/pkg/-/pkg-1.0.0.tgz` },
      _npmUser: person,
      maintainers: [person, { name: 'bot', email: '' }],
    });
  });

  test('says what is deprecated, and shows nothing hidden', () => {
    const document = fullPackument.build(
      source(
        [
          sourceVersion('1.0.0', { standing: 'deprecated', standingReason: 'Use "2"' }),
          sourceVersion('1.0.1', { standing: 'deprecated', standingReason: null }),
          sourceVersion('1.0.2', { status: 'hidden' }),
          sourceVersion('1.0.3', { status: 'error' }),
          sourceVersion('1.0.4', { publisher: null }),
        ],
        {
          tags: new Map([
            ['latest', '1.0.2'],
            ['next', '1.0.3'],
          ]),
        },
      ),
    );
    const { versions, 'dist-tags': tags } = rendered(fullPackument, document);
    expect(Object.keys(versions)).toEqual(['1.0.0', '1.0.1', '1.0.4']);
    expect(versions['1.0.0'].deprecated).toBe('Use "2"');
    expect(versions['1.0.1'].deprecated).toBe('This version is deprecated.');
    expect(versions['1.0.4']).not.toHaveProperty('deprecated');
    expect(versions['1.0.4']).not.toHaveProperty('_npmUser');
    expect(tags).toEqual({ latest: '1.0.1' });
  });

  test('leaves text that looks like a link alone, and escapes the mount', () => {
    const tricky = { description: '"\\u002fa', bin: { '\\u002f': '"\\u002f' }, homepage: '\u0001/$&$`' };
    const document = fullPackument.build(
      source([sourceVersion('1.0.0', { fragment: fragment('p', '1.0.0', tricky) })]),
    );
    const version = rendered(fullPackument, document, 'http://a"$&b').versions['1.0.0'];
    expect(version).toMatchObject(tricky);
    expect(version.dist.tarball).toBe('http://a"$&b/p/-/p-1.0.0.tgz');
  });

  test('points latest to the highest release when nobody set it, or to the highest version when there is none', () => {
    const tagsOf = (...versions: string[]) =>
      fullPackument.build(source(versions.map((v) => sourceVersion(v)))).tags.get('latest');
    expect(tagsOf('1.10.0', '1.9.0', '2.0.0-rc.1')).toBe('1.10.0');
    expect(tagsOf('1.0.0-alpha.10', '1.0.0-alpha.9')).toBe('1.0.0-alpha.10');
    expect(tagsOf()).toBeUndefined();
  });

  test('moves latest down, not up, when a policy takes its version away', () => {
    const versions = ['1.0.0', '1.1.0', '2.0.0'].map((version) => sourceVersion(version));
    const document = fullPackument.build(source(versions, { tags: new Map([['latest', '1.1.0']]) }));
    expect(fullPackument.keep(document, new Set(['1.0.0', '2.0.0'])).tags.get('latest')).toBe('1.0.0');
    expect(fullPackument.keep(document, new Set(['2.0.0'])).tags.get('latest')).toBe('2.0.0');
  });
});

describe('the abbreviated packument', () => {
  test('has the times too, and no version later than its own', () => {
    const document = abbreviatedPackument.build(source([sourceVersion('1.0.0', { publishedAt: 1_800_000_000_000 })]));
    const content = abbreviatedPackument.render(document, { base });
    expect(content.mediaType).toBe('application/vnd.npm.install-v1+json');
    const json = rendered(abbreviatedPackument, document);
    expect(Object.keys(json).sort()).toEqual(['_rev', 'dist-tags', 'modified', 'name', 'time', 'versions']);
    expect(json.modified >= json.time['1.0.0']).toBe(true);
    expect(json.versions['1.0.0']).not.toHaveProperty('_npmUser');
  });
});

describe('parts', () => {
  const many = (count: number, change: (index: number) => Partial<SourceVersion> = () => ({})) =>
    source(Array.from({ length: count }, (_, i) => sourceVersion(`1.0.${i}`, { id: i, ...change(i) })));
  const keys = (document: Packument, mount = base, kind = fullPackument) =>
    kind.render(document, { base: mount }).parts.flatMap((part) => (typeof part === 'string' ? [] : [part.key]));

  test('keep their key while their versions stay the same', () => {
    const before = keys(fullPackument.build(many(200)));
    const after = keys(fullPackument.build(many(201)));
    expect(before).toHaveLength(8);
    expect(after.filter((key) => !before.includes(key))).toHaveLength(2);
    const deprecated = keys(fullPackument.build(many(200, (i) => (i === 70 ? { revision: 2 } : {}))));
    expect(deprecated.filter((key) => !before.includes(key))).toHaveLength(2);
  });

  test('differ between mounts, forms and maintainers, unless they say the same', () => {
    const document = fullPackument.build(many(20));
    expect(keys(document)[0]).not.toBe(keys(document, 'http://other')[0]);
    expect(keys(document)[1]).toBe(keys(document, 'http://other')[1]);
    expect(keys(document)[0]).not.toBe(keys(document, base, abbreviatedPackument)[0]);
    expect(keys(document)[0]).not.toBe(keys({ ...document, maintainers: [] })[0]);
  });

  test('are equal whenever their keys are', () => {
    const texts = new Map<string, string>();
    for (const count of [16, 64, 65, 130, 131]) {
      for (const kind of [fullPackument, abbreviatedPackument]) {
        const { parts } = kind.render(kind.build(many(count)), { base });
        for (const part of parts) {
          if (typeof part === 'string') continue;
          expect(texts.get(part.key) ?? part.text()).toBe(part.text());
          texts.set(part.key, part.text());
        }
      }
    }
  });
});

describe('laws', () => {
  const version = fc
    .tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.constantFrom('', '-rc.1'))
    .map(([minor, patch, pre]) => `1.${minor}.${patch}${pre}`);
  const packument = fc
    .record({
      versions: fc.uniqueArray(fc.tuple(version, fc.option(fc.string(), { nil: null }), fc.boolean()), {
        selector: ([v]) => v,
        maxLength: 20,
      }),
      tags: fc.dictionary(fc.constantFrom('latest', 'next', '__proto__'), version),
      id: fc.nat(),
      readme: fc.option(fc.string(), { nil: null }),
    })
    .map(({ versions, tags, id, readme }) =>
      fullPackument.build(
        source(
          versions.map(([v, reason, deprecated], i) =>
            sourceVersion(v, {
              id: i,
              publishedAt: 1_000 * i,
              standing: deprecated ? 'deprecated' : null,
              standingReason: reason,
              fragment: fragment('@s/pkg', v, { description: reason }),
            }),
          ),
          { id, readme, tags: new Map(Object.entries(tags)) },
        ),
      ),
    );
  const versionsOf = (document: Packument) => fullPackument.versions(document).map((entry) => entry.version);
  const datesOf = (document: Packument) =>
    new Map(fullPackument.versions(document).map((entry) => [entry.version, entry.publishedAt]));

  test('keeping everything changes nothing', () => {
    fc.assert(
      fc.property(packument, (document) => {
        expect(fullPackument.keep(document, new Set(versionsOf(document)))).toEqual(document);
      }),
    );
  });

  test('what is kept is asked for, tags point to what is kept, and latest is there', () => {
    fc.assert(
      fc.property(packument, fc.uniqueArray(version), (document, wanted) => {
        const kept = fullPackument.keep(document, new Set(wanted));
        const versions = versionsOf(kept);
        expect(versions).toEqual(versionsOf(document).filter((v) => wanted.includes(v)));
        for (const target of kept.tags.values()) expect(versions).toContain(target);
        expect(kept.tags.has('latest')).toBe(versions.length > 0);
      }),
    );
  });

  test('one merged is itself; of several the earlier wins, and no date is lost', () => {
    fc.assert(
      fc.property(packument, packument, (one, two) => {
        expect(fullPackument.merge([one])).toEqual(one);
        const merged = fullPackument.merge([one, two]);
        expect(new Set(versionsOf(merged))).toEqual(new Set([...versionsOf(one), ...versionsOf(two)]));
        for (const [v, date] of datesOf(merged)) expect(date).toBe(datesOf(one).get(v) ?? datesOf(two).get(v));
        for (const [tag, target] of one.tags) expect(merged.tags.get(tag)).toBe(target);
        const undated = { ...one, entries: one.entries.map((entry) => ({ ...entry, publishedAt: null })) };
        const dated = datesOf(fullPackument.merge([undated, one]));
        expect(dated).toEqual(datesOf(one));
      }),
    );
  });

  test('what is rendered parses to the same versions, tags, dates and text, in either form', () => {
    fc.assert(
      fc.property(packument, (document) => {
        for (const kind of [fullPackument, abbreviatedPackument]) {
          const text = textOf(kind, document);
          const parsed = kind.parse(text);
          expect(versionsOf(parsed)).toEqual(versionsOf(document));
          expect(datesOf(parsed)).toEqual(datesOf(document));
          expect(parsed.tags).toEqual(document.tags);
          expect(parsed.modifiedAt).toBe(document.modifiedAt);
          if (kind === fullPackument) expect(JSON.parse(textOf(kind, parsed))).toEqual(JSON.parse(text));
        }
      }),
    );
  });
});

describe('parsing what others serve', () => {
  test('takes their full document for an abbreviated one, and rewrites their links', () => {
    const text = JSON.stringify({
      name: 'JSONStream',
      'dist-tags': { latest: '1.0.0', broken: 1, gone: '9.0.0' },
      versions: {
        '1.0.0': {
          name: 'JSONStream',
          version: '1.0.0',
          scripts: { install: 'node-gyp rebuild' },
          description: 'dropped',
          deprecated: true,
          dist: {
            tarball: 'https://other/JSONStream/-/JSONStream-1.0.0.tgz',
            integrity: 'sha512-x',
            attestations: { url: 'https://other/a', provenance: { predicateType: 'p' } },
          },
        },
        broken: null,
      },
    });
    const json = rendered(abbreviatedPackument, abbreviatedPackument.parse(text));
    expect(json.versions).toEqual({
      '1.0.0': {
        name: 'JSONStream',
        version: '1.0.0',
        hasInstallScript: true,
        deprecated: 'This version is deprecated.',
        dist: {
          tarball: `${base}/JSONStream/-/JSONStream-1.0.0.tgz`,
          integrity: 'sha512-x',
          attestations: { url: `${base}/-/npm/v1/attestations/JSONStream@1.0.0`, provenance: { predicateType: 'p' } },
        },
      },
    });
    expect(json['dist-tags']).toEqual({ latest: '1.0.0' });
  });

  test.each(['', '[]', '{}', '{"name":"a"}', '{"name":1,"versions":{}}', '{"name":"a","versions":[]}'])(
    'refuses %j',
    (text) => {
      expect(() => fullPackument.parse(text)).toThrow(expect.objectContaining({ code: 'invalid-json' }));
    },
  );
});
