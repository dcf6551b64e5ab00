import { expect, test } from 'vitest';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';
import { deprecateVersions } from './deprecate.ts';
import { parseName } from './names.ts';
import { revOf } from './revisions.ts';

const rev = revOf({ id: 3, revision: 7 });
const pkg = parseName('pkg');

/** 1.0.0 and 1.1.0 are deprecated as `old`. */
function registry(): FakeRegistry {
  const fake = new FakeRegistry();
  const change = (version: string) =>
    version === '2.0.0' ? {} : ({ standing: 'deprecated', standingReason: 'old' } as const);
  fake.packages.set('pkg', packageOf('pkg', ['1.0.0', '1.1.0', '2.0.0'], { change }));
  return fake;
}

const deprecated = (reason: string) => ({ standing: 'deprecated', reason });
const cleared = { standing: null, reason: null };

test.each([
  ['sets', { '2.0.0': { deprecated: 'use x' } }, [['2.0.0', deprecated('use x')]]],
  ['rewords', { '1.0.0': { deprecated: 'use x' } }, [['1.0.0', deprecated('use x')]]],
  ['clears with ""', { '1.0.0': { deprecated: '' } }, [['1.0.0', cleared]]],
  ['clears with false', { '1.0.0': { deprecated: false } }, [['1.0.0', cleared]]],
  ['clears with null', { '1.0.0': { deprecated: null } }, [['1.0.0', cleared]]],
  [
    'sees only what differs',
    { '1.0.0': { deprecated: 'old' }, '1.1.0': { deprecated: 'new' }, '2.0.0': { deprecated: '' } },
    [['1.1.0', deprecated('new')]],
  ],
  [
    'passes unknown versions over',
    { '9.0.0': { deprecated: 'x' }, __proto__: { deprecated: 'x' }, '1.0.0': { deprecated: '' } },
    [['1.0.0', cleared]],
  ],
])('%s', async (_case, versions, changes) => {
  const fake = registry();
  expect(await deprecateVersions(fake, pkg, { name: 'pkg', versions }, null)).toEqual({
    status: 200,
    body: { ok: true },
  });
  expect(fake.writes).toEqual([['setStandings', 'pkg', changes]]);
});

test('a whole document in which nothing differs writes nothing', async () => {
  const fake = registry();
  const versions = {
    '1.0.0': { name: 'pkg', version: '1.0.0', deprecated: 'old' },
    '1.1.0': { name: 'pkg', version: '1.1.0' },
    '2.0.0': { name: 'changed', deprecated: '' },
  };
  await deprecateVersions(fake, pkg, { _id: 'pkg', _rev: rev, versions }, null);
  expect(fake.writes).toEqual([]);
});

test('a deprecation without a reason is shown with one, which sent back is no change', async () => {
  const fake = new FakeRegistry();
  const change = () => ({ standing: 'deprecated', standingReason: '' }) as const;
  fake.packages.set('pkg', packageOf('pkg', ['1.0.0'], { change }));
  await deprecateVersions(fake, pkg, { versions: { '1.0.0': { deprecated: 'This version is deprecated.' } } }, null);
  expect(fake.writes).toEqual([]);
  await deprecateVersions(fake, pkg, { versions: { '1.0.0': { deprecated: '' } } }, null);
  expect(fake.writes).toEqual([['setStandings', 'pkg', [['1.0.0', cleared]]]]);
});

test('a prototype’s `deprecated` is not the client’s', async () => {
  const fake = registry();
  const versions = JSON.parse('{"2.0.0": {"__proto__": {"deprecated": "x"}}, "constructor": {"deprecated": "x"}}');
  await deprecateVersions(fake, pkg, { versions }, null);
  expect(fake.writes).toEqual([]);
});

test.each([
  ['no versions', {}],
  ['versions as array', { versions: ['1.0.0'] }],
  ['versions as text', { versions: '1.0.0' }],
  ['a version that is null', { versions: { '1.0.0': null } }],
  ['a version that is an array', { versions: { '1.0.0': [] } }],
  ['true for a message', { versions: { '1.0.0': { deprecated: true } } }],
  ['an object for a message', { versions: { '1.0.0': { deprecated: { toString: 1 } } } }],
  ['a message with NUL', { versions: { '1.0.0': { deprecated: 'a\0b' } } }],
  ['a message with half a character', { versions: { '1.0.0': { deprecated: '\ud800' } } }],
  ['a message without end', { versions: { '1.0.0': { deprecated: 'x'.repeat(4_001) } } }],
  ['only versions that are not published', { versions: { '9.0.0': { dist: {} } } }],
])('refuses %s', async (_case, document) => {
  const fake = registry();
  await expect(deprecateVersions(fake, pkg, document, null)).rejects.toMatchObject({ status: 400 });
  expect(fake.writes).toEqual([]);
});

test('a document read before somebody’s change is a conflict; one of elsewhere has no say', async () => {
  const versions = { '2.0.0': { deprecated: 'x' } };
  const stale = revOf({ id: 3, revision: 6 });
  await expect(deprecateVersions(registry(), pkg, { _rev: stale, versions }, null)).rejects.toMatchObject({
    status: 409,
  });
  await expect(deprecateVersions(registry(), pkg, { versions }, stale)).rejects.toMatchObject({ status: 409 });
  const fake = registry();
  await deprecateVersions(fake, pkg, { _rev: 12, versions }, null);
  await deprecateVersions(fake, pkg, { _rev: 'other', versions }, null);
  expect(fake.writes).toHaveLength(2);
});

test('an unknown package is not found', async () => {
  const versions = { '1.0.0': { deprecated: 'x' } };
  await expect(deprecateVersions(registry(), parseName('nope'), { versions }, null)).rejects.toMatchObject({
    status: 404,
  });
});
