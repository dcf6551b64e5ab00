import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { anonymous, FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';

function registry(): FakeRegistry {
  const fake = new FakeRegistry();
  for (const name of ['@s/public', '@s/private']) fake.packages.set(name, packageOf(name, ['1.0.0']));
  fake.publicNames.add('@s/public');
  fake.accounts.members.set('alice', 'write').set('bob', 'read').set('__proto__', 'read');
  return fake;
}

test('collaborators are the members of the project', async () => {
  const { status, body } = await call(registry(), 'GET', '/-/package/@s%2fpublic/collaborators');
  expect([status, Object.entries(body as object)]).toEqual([
    200,
    [
      ['alice', 'write'],
      ['bob', 'read'],
      ['__proto__', 'read'],
    ],
  ]);
});

test('anonymous callers learn nobody’s name', async () => {
  const fake = registry();
  fake.caller = anonymous;
  expect((await call(fake, 'GET', '/-/package/@s%2fpublic/collaborators')).status).toBe(401);
});

test.each([
  ['/-/package/@s%2fpublic/visibility', { public: true }],
  ['/-/package/@s%2fprivate/visibility', { public: false }],
  ['/-/package/@s/private/trust', []],
])('GET %s → %j', async (path, body) => {
  expect(await call(registry(), 'GET', path)).toMatchObject({ status: 200, body });
});

test.each(['collaborators', 'visibility', 'trust'])('the %s of an unknown package are not found', async (what) => {
  expect((await call(registry(), 'GET', `/-/package/nope/${what}`)).status).toBe(404);
});

test.each([
  ['@s%2fpublic', { access: 'public' }],
  ['@s%2fprivate', { access: 'restricted' }],
  ['@s%2fprivate', { publish_requires_tfa: false }],
  ['@s%2fprivate', { access: 'restricted', publish_requires_tfa: false }],
])('%s %j is so already', async (name, body) => {
  expect(await call(registry(), 'POST', `/-/package/${name}/access`, body)).toMatchObject({ status: 200, body: {} });
});

test.each([
  ['@s%2fpublic', { access: 'restricted' }, 403, 'which is public'],
  ['@s%2fprivate', { access: 'public' }, 403, 'which is not public'],
  ['@s%2fprivate', { publish_requires_tfa: true, automation_token_overrides_tfa: true }, 400, 'Two-factor'],
  ['@s%2fprivate', { publish_requires_tfa: 'false' }, 400, 'Two-factor'],
  ['@s%2fprivate', { access: 'private' }, 400, 'public or restricted'],
  ['@s%2fprivate', { access: 1 }, 400, 'must be text'],
  ['@s%2fprivate', {}, 400, 'not given'],
  ['@s%2fprivate', '{"__proto__":{"access":"restricted"}}', 400, 'not given'],
  ['@s%2fprivate', '[]', 400, 'object'],
  ['@s%2fprivate', 'null', 400, 'object'],
  ['nope', { access: 'public' }, 404, 'not found'],
])('%s %j is refused with %i', async (name, body, status, says) => {
  const answer = await call(registry(), 'POST', `/-/package/${name}/access`, body);
  expect([answer.status, answer.body]).toEqual([
    status,
    expect.objectContaining({ error: expect.stringContaining(says) }),
  ]);
});

test('changing access is for those who publish', () => {
  expect(needsOf('POST', '/-/package/x/access')).toBe('publish');
});
