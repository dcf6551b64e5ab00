/** Bad input to every parameter, query and field of the API for upstreams and what protects names: never a 500. */
import type { TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { operations } from '../../src/api/index.ts';
import type { Operation } from '../../src/api/operation.ts';
import { restOf } from '../harness/rest.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });

const about = /virtual_registries|dependency_proxy|reserved_names|protection\/rules/;
const fuzzed = operations.filter(({ path }) => about.test(path));

/** What may stand where anything else is meant. */
const bad: readonly unknown[] = [
  null,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e\u2066',
  'é'.repeat(300),
  'a'.repeat(70_000),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "' or 1=1 --",
  '%',
  '%00',
  '*'.repeat(200),
  '[',
  'gid://gitlab/Project/999999999999999',
  'gid://gitlab/Group/0',
  'gid://gitlab/Project/-1',
  'http://[',
  'http://127.0.0.1:99999',
  'javascript:alert(1)',
  '9999-99-99',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  -1,
  0,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  true,
  [],
  [null],
  [[[]]],
  ['a'.repeat(70_000)],
  Array.from({ length: 1_000 }, () => '*'),
  {},
  JSON.parse('{"__proto__":{"a":1},"constructor":1}') as unknown,
];

const real: Record<string, () => string | number> = {
  url: () => scene.remote,
  registry_id: () => scene.registry.id,
  upstream_id: () => scene.upstreamId,
  deploy_project_id: () => scene.project.id,
  package: () => 'thing',
  trace_id: () => '0123456789abcdef',
  format: () => 'npm',
};

/** Something that its schema takes. */
function good(schema: TSchema, name = ''): unknown {
  const shape = schema as TSchema & Record<string, unknown>;
  const known = real[name];
  if (known !== undefined) return known();
  const choices = (shape['enum'] ?? (shape['anyOf'] as TSchema[] | undefined)?.map((each) => good(each, name))) as
    | unknown[]
    | undefined;
  if (choices !== undefined) return choices[0];
  if (shape['type'] === 'array') return [good(shape['items'] as TSchema)];
  if (shape['type'] === 'object') return body(shape, true);
  if (shape['type'] === 'integer' || shape['type'] === 'number') return shape['minimum'] ?? 1;
  return shape['type'] === 'boolean' ? true : 'x';
}

function body(schema: TSchema, all: boolean): Record<string, unknown> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, TSchema>; required?: string[] };
  const names = Object.keys(properties).filter((name) => all || required.includes(name));
  return Object.fromEntries(names.map((name) => [name, good(properties[name] as TSchema, name)]));
}

/** The same with one field, at any depth, made bad. */
function* worsened(schema: TSchema): Generator {
  const shape = schema as TSchema & { type?: string; items?: TSchema; properties?: Record<string, TSchema> };
  if (shape.type === 'object' && shape.properties !== undefined) {
    const base = body(schema, false);
    for (const [field, inner] of Object.entries(shape.properties)) {
      for (const value of worsened(inner)) yield { ...base, [field]: value };
    }
    return;
  }
  if (shape.type === 'array' && shape.items !== undefined) {
    for (const value of worsened(shape.items)) yield [value];
  }
  yield* bad;
}

const placeOf = (path: string): string => {
  if (path.startsWith('/groups/:id')) return String(scene.group.id);
  if (path.startsWith('/projects/:id')) return String(scene.project.id);
  return String(path.includes('/registries/') ? scene.registry.id : scene.upstreamId);
};

function pathOf({ path }: Operation, worse: Readonly<Record<string, string>> = {}): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => {
    if (worse[name] !== undefined) return encodeURIComponent(worse[name]);
    return name === 'id' ? placeOf(path) : encodeURIComponent(String(real[name]?.() ?? 1));
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value);
const inUrls = bad
  .filter((value): value is string | number => isText(value) || typeof value === 'number')
  .map(String)
  .filter((text) => text.length < 5_000);

function* requestsTo(operation: Operation): Generator<{ path: string; json?: unknown }> {
  const { params, query, body: fields, path } = operation;
  const json = fields === undefined ? {} : { json: body(fields, false) };
  for (const name of Object.keys(params?.properties ?? {}).filter((each) => path.includes(`:${each}`))) {
    for (const value of inUrls.filter((text) => text !== ''))
      yield { path: pathOf(operation, { [name]: value }), ...json };
  }
  for (const name of Object.keys(query?.properties ?? {})) {
    for (const value of inUrls) {
      yield { path: `${pathOf(operation)}?${name}=${encodeURIComponent(value)}` };
      yield { path: `${pathOf(operation)}?${name}[]=${encodeURIComponent(value)}&${name}=x` };
    }
  }
  if (fields === undefined) return;
  for (const value of worsened(fields)) yield { path: pathOf(operation), json: value };
  for (const value of bad) yield { path: pathOf(operation), json: value };
}

test('there is what is meant', () => {
  expect(fuzzed.length).toBeGreaterThan(25);
});

test.each(fuzzed.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  { timeout: 120_000 },
  async (_what, operation) => {
    await offerNpm(scene.upstream, 'thing', [{}]);
    const rest = restOf(scene.server);
    const token = scene.server.rootToken;
    const failed: unknown[] = [];
    const statuses = new Set<number>();
    for (const { path, json } of requestsTo(operation)) {
      const answer = await rest(operation.method, path, { token, ...(json === undefined ? {} : { json }) });
      statuses.add(answer.status);
      if (answer.status >= 500)
        failed.push([answer.status, path.slice(0, 200), JSON.stringify(json)?.slice(0, 300), answer.body]);
      // What it made would soon be too many.
      const { id } = Object(answer.body) as { id?: unknown };
      if (answer.status === 201 && operation.method === 'POST' && id !== undefined) await forget(operation, Number(id));
      if (answer.status === 204 && operation.method === 'DELETE') await scene.renew();
    }
    expect(failed).toEqual([]);
    // Some of it went through; of what isn't there, nothing could.
    expect([...statuses].some((status) => status < 300 || status === 404)).toBe(true);
  },
);

async function forget({ path }: Operation, id: number): Promise<void> {
  const rest = restOf(scene.server);
  const base = '/virtual_registries/packages/npm';
  const at = path.startsWith('/groups/') ? pathOf({ path } as Operation) : '';
  const made = path.endsWith('/registries') ? `${base}/registries/${id}` : `${base}/upstreams/${id}`;
  for (const target of [made, `${at}/${id}`, `${base}/registry_upstreams/${id}`]) {
    const isOurs =
      target.endsWith(`/registries/${scene.registry.id}`) || target.endsWith(`/upstreams/${scene.upstreamId}`);
    if (!isOurs) await rest('DELETE', target, { token: scene.server.rootToken });
  }
}
