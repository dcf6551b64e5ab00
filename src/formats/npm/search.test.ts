import { expect, test } from 'vitest';
import { base, call } from '../../../test/npm/call.ts';
import { FakeRegistry, now } from '../../../test/npm/fake-registry.ts';
import type { SearchHit } from '../../registry/model.ts';

function hit(name: string, rest: Partial<SearchHit> = {}): SearchHit {
  return {
    projectId: 1,
    projectPath: 'acme/open',
    name,
    namespace: null,
    version: '1.0.0',
    description: null,
    keywords: [],
    publishedAt: now,
    publisher: null,
    maintainers: [],
    manifest: '{}',
    ...rest,
  };
}

async function searched(query: string, hits: readonly SearchHit[] = []) {
  const registry = new FakeRegistry();
  registry.hits = hits;
  const answer = await call(registry, 'GET', `/-/v1/search${query}`);
  return { registry, answer, body: answer.body as { objects: { package: { name: string } }[]; total: number } };
}

async function namesFound(text: string, hits: readonly SearchHit[]): Promise<string[]> {
  const { body } = await searched(`?text=${encodeURIComponent(text)}`, hits);
  return body.objects.map((found) => found.package.name);
}

test('shows a package as npm expects it', async () => {
  const full = hit('@s/pkg', {
    namespace: 's',
    version: '0.9.0',
    description: 'Does things',
    keywords: ['a', 'b'],
    publisher: { username: 'alice', email: 'alice@example.com' },
    maintainers: [{ username: 'bob', email: null }],
    manifest: JSON.stringify({
      author: { name: 'Alice' },
      homepage: 'https://h.example',
      repository: { type: 'git', url: 'git+https://r.example' },
      bugs: { url: 'https://b.example' },
      license: 'MIT',
    }),
  });
  const { answer } = await searched('?text=pkg&quality=1&popularity=0&maintenance=0', [full]);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toEqual({
    objects: [
      {
        package: {
          name: '@s/pkg',
          scope: 's',
          version: '0.9.0',
          description: 'Does things',
          keywords: ['a', 'b'],
          date: '2026-02-03T04:05:06.789Z',
          links: {
            npm: `${base}/@s%2fpkg`,
            homepage: 'https://h.example',
            repository: 'git+https://r.example',
            bugs: 'https://b.example',
          },
          author: { name: 'Alice' },
          publisher: { username: 'alice', email: 'alice@example.com' },
          maintainers: [{ username: 'bob' }],
        },
        flags: { unstable: true },
        score: { final: 0.8, detail: { quality: 0.8, popularity: 0, maintenance: 1 } },
        searchScore: 0.8,
      },
    ],
    total: 1,
    time: '2026-02-03T04:05:06.789Z',
  });
});

test('a package that says nothing of itself has all that npm insists on', async () => {
  const { body } = await searched('', [hit('bare', { manifest: '[]' })]);
  expect(body.objects[0]?.package).toMatchObject({
    scope: 'unscoped',
    description: '',
    keywords: [],
    maintainers: [],
    links: { npm: `${base}/bare` },
  });
});

const anything = { flags: expect.anything(), score: expect.anything(), searchScore: expect.anything() };

test.each([
  ['{"author":"Alice <a@b>","homepage":1,"bugs":{"url":{}},"repository":null}', { author: { name: 'Alice <a@b>' } }],
  ['{"author":["x"],"homepage":""}', {}],
  ['{"__proto__":{"homepage":"https://x"}}', {}],
])('odd manifests do no harm: %s', async (manifest, author) => {
  const { body } = await searched('', [hit('odd', { manifest })]);
  expect(body.objects).toEqual([
    { ...anything, package: expect.objectContaining({ links: { npm: `${base}/odd` }, ...author }) },
  ]);
});

test.each([
  ['', { words: [], limit: 20, offset: 0 }],
  ['?text=&size=&from=', { words: [], limit: 20, offset: 0 }],
  ['?text=a%20%20b&size=5&from=10', { words: ['a', 'b'], limit: 5, offset: 10 }],
  ['?size=1000&from=99999999', { words: [], limit: 250, offset: 10_000 }],
  ['?size=-3&from=-1', { words: [], limit: 1, offset: 0 }],
  ['?size=0', { words: [], limit: 1, offset: 0 }],
  ['?text=scope:@S%20x', { words: ['x'], namespace: 'S', limit: 20, offset: 0 }],
  ['?text=author:alice+maintainer:bob', { words: [], publisher: 'alice', maintainer: 'bob', limit: 20, offset: 0 }],
  ['?text=keywords:A%2Bb%20keywords:c', { words: [], keywords: ['a', 'b', 'c'], limit: 20, offset: 0 }],
  ['?text=%22two%20words%22', { words: ['two words'], limit: 20, offset: 0 }],
  ['?text=boost-exact:false%20not:insecure%20a', { words: ['a'], limit: 20, offset: 0 }],
  ['?text=keywords:,-%20author:%20@s/pkg', { words: ['@s/pkg'], limit: 250, offset: 0 }],
  [
    '?text=constructor:x%20__proto__:y%20is:odd',
    { words: ['constructor:x', '__proto__:y', 'is:odd'], limit: 20, offset: 0 },
  ],
  ['?text=a%00b%25_', { words: ['a', 'b%_'], limit: 20, offset: 0 }],
])('%s asks the registry for what it says', async (query, asked) => {
  const { registry, answer } = await searched(query);
  expect(answer.status).toBe(200);
  expect(registry.searches).toEqual([asked]);
});

test.each([
  '?size=ten',
  '?size=1.5',
  '?size=1e2',
  '?from=NaN',
  '?from=Infinity',
  `?text=${'a'.repeat(501)}`,
  `?text=${'a+'.repeat(21)}`,
])('%s is refused', async (query) => {
  const { registry, answer } = await searched(query);
  expect(answer.status).toBe(400);
  expect(registry.searches).toEqual([]);
});

test.each(['?quality=x', '?popularity=-1', '?maintenance=2', '?quality=0&popularity=0&maintenance=0'])(
  'the odd weights of %s do no harm',
  async (query) => {
    const { body } = await searched(query, [hit('a')]);
    const { final } = (body.objects[0] as unknown as { score: { final: number } }).score;
    expect(final).toBeGreaterThanOrEqual(0);
    expect(final).toBeLessThanOrEqual(1);
  },
);

const hits = [
  hit('fast', { keywords: ['Fast'], version: '1.0.0' }),
  hit('both', { keywords: ['fast', 'modern'], version: '0.3.0' }),
  hit('modern', { keywords: ['modern'], version: '2.0.0-rc.1' }),
  hit('none', { keywords: ['__proto__'] }),
];

test.each([
  ['keywords:fast,modern', ['fast', 'both', 'modern']],
  ['keywords:fast+modern,__proto__', ['both', 'none']],
  ['keywords:fast,modern,-modern', ['fast']],
  ['keywords:-fast', ['modern', 'none']],
  ['not:unstable', ['fast', 'none']],
  ['is:unstable', ['both', 'modern']],
  ['is:unstable keywords:-fast', ['modern']],
  ['is:insecure', []],
  ['scope:a scope:b', []],
])('%s finds %j', async (text, names) => {
  expect(await namesFound(text, hits)).toEqual(names);
});

test('pages of what is kept, counted', async () => {
  const many = Array.from({ length: 600 }, (_, index) => hit(`p${index}`, { version: index % 2 ? '1.0.0' : '0.1.0' }));
  const { body } = await searched('?text=is:unstable&from=298&size=10', many);
  expect(body.total).toBe(300);
  expect(body.objects.map((found) => found.package.name)).toEqual(['p596', 'p598']);
});
