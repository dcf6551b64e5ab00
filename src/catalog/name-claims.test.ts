import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { listClaims, releaseClaim } from './claimed-names.ts';
import { claimOn, lookOf } from './name-claims.ts';
import { moveNamespace } from './namespace-move.ts';
import { findNamespace, type Namespace } from './namespaces.ts';
import { deletePackage, findPackage, upsertPackage } from './packages.ts';
import { moveProject } from './project-changes.ts';
import type { Project } from './projects.ts';
import { insertReservation, reservationsOf } from './reserved-names.ts';

let catalogue: Catalogue;
let acme: Namespace;
let other: Namespace;
let project: Project;

beforeEach(async () => {
  catalogue = await openCatalogue();
  acme = await catalogue.group('acme');
  other = await catalogue.group('other');
  project = await catalogue.project('acme/app');
});
afterEach(() => catalogue.close());

const publish = (nameKey: string, into = project): Promise<unknown> => {
  const namespace = nameKey.startsWith('@') ? nameKey.slice(1, nameKey.indexOf('/')) : null;
  const wanted = { projectId: into.id, format: 'npm', nameKey, name: nameKey, namespace };
  return catalogue.db.transaction((tx) => upsertPackage(tx, wanted, newYear));
};
const remove = async (nameKey: string): Promise<void> => {
  const row = await findPackage(catalogue.db, project.id, 'npm', nameKey);
  await catalogue.db.transaction((tx) => deletePackage(tx, row?.id ?? 0));
};
const claimed = (nameKey: string, root: Namespace, looksAlike = true) =>
  claimOn(catalogue.db, {
    format: 'npm',
    nameKey,
    namespace: nameKey.startsWith('@') ? nameKey.slice(1, nameKey.indexOf('/')) : null,
    looksAlike,
    rootIds: [root.id],
  });
const release = (nameKey: string, root = acme): Promise<string> =>
  catalogue.db.transaction((tx) => releaseClaim(tx, { root, format: 'npm' }, nameKey));
const listed = async (root: Namespace): Promise<string[]> => {
  const { items } = await listClaims(catalogue.db, { root, format: 'npm' }, { limit: 100, offset: 0 });
  return items.map(({ nameKey, origin }) => `${nameKey} ${origin}`);
};

test('a name that was published is claimed for ever, with what looks like it and its scope', async () => {
  await publish('acme-utils');
  await publish('@acme/lib');
  expect(await claimed('acme-utils', acme)).toMatchObject({ kind: 'name' });
  expect(await claimed('Acme_utils', acme)).toMatchObject({ kind: 'look-alike', nameKey: 'acme-utils' });
  expect(await claimed('Acme_utils', acme, false)).toBeNull();
  expect(await claimed('@ACME/other', acme)).toMatchObject({ kind: 'namespace' });
  expect(await claimed('@ac-me/other', acme)).toBeNull();
  expect(await claimed('acme-utils', other)).toBeNull();
  await remove('acme-utils');
  expect(await claimed('acme-utils', acme)).toMatchObject({ kind: 'name' });
});

test('names with a scope look like themselves', () => {
  expect([lookOf('Acme-U_t.ils'), lookOf('@Acme/my-lib')]).toEqual(['acmeutils', '@acme/my-lib']);
});

describe('moves', () => {
  test('a project takes its names along, and its scope; both groups keep them when they are gone', async () => {
    await publish('acme-utils');
    await publish('@acme/lib');
    await catalogue.db.transaction((tx) => moveProject(tx, project, { namespaceId: other.id }, newYear));
    await remove('acme-utils');
    await remove('@acme/lib');
    for (const root of [acme, other]) {
      expect(await claimed('acme-utils', root)).toMatchObject({ kind: 'name' });
      expect(await claimed('Acme.Utils', root)).toMatchObject({ kind: 'look-alike' });
      expect(await claimed('@acme/more', root)).toMatchObject({ kind: 'namespace' });
    }
  });

  test('within a group, nothing is claimed anew', async () => {
    await publish('acme-utils');
    const below = await catalogue.group('acme/below');
    await catalogue.db.transaction((tx) => moveProject(tx, project, { namespaceId: below.id, path: 'x' }, newYear));
    expect(await listed(acme)).toEqual(['acme-utils published']);
  });

  test('a group that becomes part of another hands over its tombstones and reservations', async () => {
    await publish('acme-utils');
    await publish('gone');
    await remove('gone');
    const fields = { namespaceId: acme.id, format: 'npm', pattern: '@Acme/*', patternKey: '@acme/*', reason: '' };
    const owner = { exclusive: true, ownerProjectId: project.id, ownerNamespaceId: null };
    await catalogue.db.transaction((tx) => insertReservation(tx, { ...fields, ...owner }, newYear));
    await catalogue.db.transaction((tx) => moveNamespace(tx, acme, { parentId: other.id }, newYear));
    expect(await listed(other)).toEqual(['acme-utils moved', 'gone tombstone']);
    expect(await reservationsOf(catalogue.db, { rootIds: [other.id], format: 'npm' })).toEqual([
      expect.objectContaining({ patternKey: '@acme/*', exclusive: true, ownerProjectId: project.id }),
    ]);
  });

  test('a group that comes to the top claims what is there', async () => {
    const below = await catalogue.group('acme/below');
    const inner = await catalogue.project('acme/below/app');
    await publish('inner', inner);
    await catalogue.db.transaction((tx) => moveNamespace(tx, below, { parentId: null }, newYear));
    const top = await findNamespace(catalogue.db, below.id);
    expect(top && (await listed(top))).toEqual(['inner moved']);
    expect(await listed(acme)).toEqual(['inner tombstone']);
  });
});

describe('a release', () => {
  test('needs that no package of the name is left', async () => {
    await publish('acme-utils');
    expect(await release('acme-utils')).toBe('held');
    expect(await release('nothing')).toBe('unknown');
    await remove('acme-utils');
    expect(await release('acme-utils', other)).toBe('unknown');
    expect(await release('acme-utils')).toBe('released');
    expect(await claimed('acme-utils', acme)).toBeNull();
    await publish('acme-utils');
    expect(await claimed('acme-utils', acme)).toMatchObject({ kind: 'name' });
  });

  test('and a publish at once: a package that is there has its claim', async () => {
    for (let round = 0; round < 12; round += 1) {
      const name = `raced-${round}`;
      await publish(name);
      await remove(name);
      await Promise.all([publish(name), release(name)]);
      expect(await claimed(name, acme), name).toMatchObject({ kind: 'name' });
    }
  });
});
