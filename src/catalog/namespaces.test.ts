import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { createGroup, deleteNamespace, updateNamespace } from './namespace-changes.ts';
import { moveNamespace } from './namespace-move.ts';
import { findGroup, findNamespace, listAncestors, listNamespaces, type Namespace } from './namespaces.ts';
import { findProject } from './projects.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

function move(group: Namespace, target: { path?: string; parentId?: number | null }): Promise<void> {
  return catalogue.db.transaction((tx) => moveNamespace(tx, group, target, newYear));
}

async function pathsBelow(lineage: string): Promise<string[]> {
  const { items } = await listNamespaces(catalogue.db, { below: lineage }, { limit: 100, offset: 0 });
  return items.map((one) => one.fullPath);
}

describe('creating', () => {
  test('full path and lineage follow the parents', async () => {
    const top = await catalogue.group('Acme', 'public');
    const web = await catalogue.group('Acme/Web');
    expect(top).toMatchObject({ kind: 'group', parentId: null, fullPath: 'Acme', lineage: `/${top.id}/` });
    expect(web).toMatchObject({ parentId: top.id, fullPath: 'Acme/Web', lineage: `/${top.id}/${web.id}/` });
    expect(await findGroup(catalogue.db, 'ACME/web')).toEqual(web);
    expect(await findGroup(catalogue.db, String(web.id))).toEqual(web);
    expect((await listAncestors(catalogue.db, web.lineage)).map((one) => one.fullPath)).toEqual(['Acme', 'Acme/Web']);
  });

  test('a user namespace is no group', async () => {
    const user = await catalogue.user('zoe');
    expect(await findNamespace(catalogue.db, 'zoe')).toMatchObject({ kind: 'user', ownerId: user.id });
    expect(await findGroup(catalogue.db, 'zoe')).toBeUndefined();
    await expect(catalogue.group('zoe/sub')).rejects.toMatchObject({ code: 'invalid-parameter' });
  });

  test('groups, users and projects share one space of paths', async () => {
    await catalogue.group('acme');
    await catalogue.group('acme/web');
    await catalogue.project('acme/api');
    const taken = { code: 'already-exists' };
    await expect(catalogue.group('ACME')).rejects.toMatchObject(taken);
    await expect(catalogue.user('acme')).rejects.toMatchObject(taken);
    await expect(catalogue.project('acme/WEB')).rejects.toMatchObject(taken);
    await expect(catalogue.group('acme/API')).rejects.toMatchObject(taken);
    await catalogue.user('bob');
    await expect(catalogue.group('bob')).rejects.toMatchObject(taken);
  });

  test('twenty levels and no more', async () => {
    let path = 'g';
    await catalogue.group(path);
    for (let level = 2; level <= 20; level += 1) {
      path += '/g';
      await catalogue.group(path);
    }
    await expect(catalogue.group(`${path}/g`)).rejects.toMatchObject({ code: 'invalid-parameter' });
  });

  test('nothing is more visible than what it lies in', async () => {
    await catalogue.group('inner', 'internal');
    await expect(catalogue.group('inner/a', 'public')).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(catalogue.project('inner/b', 'public')).rejects.toMatchObject({ code: 'invalid-parameter' });
    await catalogue.group('inner/c', 'internal');
  });

  test('an unknown parent and a bad path are told', async () => {
    const wanted = { path: 'a', name: 'a', visibility: 'private' } as const;
    const create = (parentId: number | null, path: string) =>
      catalogue.db.transaction((tx) => createGroup(tx, { ...wanted, parentId, path }, newYear));
    await expect(create(99, 'a')).rejects.toMatchObject({ code: 'group-not-found' });
    await expect(create(null, 'api')).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(create(null, '../a')).rejects.toMatchObject({ code: 'invalid-parameter' });
  });
});

describe('moving', () => {
  test('a new path is followed by everything below, and by nothing else', async () => {
    const acme = await catalogue.group('acme');
    await catalogue.group('acme/web');
    await catalogue.group('acme/web/Deep');
    const project = await catalogue.project('acme/web/Deep/Api');
    await catalogue.group('acme2');
    const other = await catalogue.project('acme2/api');
    await move(acme, { path: 'Emca' });
    expect(await pathsBelow(acme.lineage)).toEqual(['Emca/web', 'Emca/web/Deep']);
    expect(await findProject(catalogue.db, 'emca/WEB/deep/api')).toMatchObject({
      id: project.id,
      fullPath: 'Emca/web/Deep/Api',
    });
    expect(await findProject(catalogue.db, 'acme/web/deep/api')).toBeUndefined();
    expect((await findProject(catalogue.db, other.id))?.fullPath).toBe('acme2/api');
    await catalogue.group('acme');
    await expect(catalogue.group('Emca/Web')).rejects.toMatchObject({ code: 'already-exists' });
  });

  test('a new parent changes lineages too', async () => {
    const a = await catalogue.group('a');
    const b = await catalogue.group('a/b');
    const c = await catalogue.group('a/b/c');
    const d = await catalogue.group('d');
    await move(b, { parentId: d.id });
    expect(await findGroup(catalogue.db, 'd/b/c')).toMatchObject({ id: c.id, lineage: `/${d.id}/${b.id}/${c.id}/` });
    expect(await pathsBelow(a.lineage)).toEqual([]);
    await move((await findGroup(catalogue.db, 'd/b')) ?? b, { parentId: null, path: 'top' });
    expect(await findGroup(catalogue.db, 'top/c')).toMatchObject({ lineage: `/${b.id}/${c.id}/` });
  });

  test('a change of case only works, and a taken path or a loop is refused whole', async () => {
    const acme = await catalogue.group('acme');
    const web = await catalogue.group('acme/web');
    await catalogue.group('other');
    await move(acme, { path: 'ACME' });
    expect((await findGroup(catalogue.db, web.id))?.fullPath).toBe('ACME/web');
    const now = (await findGroup(catalogue.db, acme.id)) ?? acme;
    await expect(move(now, { path: 'Other' })).rejects.toMatchObject({ code: 'already-exists' });
    await expect(move(now, { parentId: web.id })).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(move(now, { parentId: acme.id })).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(move(now, { path: 'admin' })).rejects.toMatchObject({ code: 'invalid-parameter' });
    expect((await findGroup(catalogue.db, web.id))?.fullPath).toBe('ACME/web');
  });

  test('a path with _ or % takes along only its own', async () => {
    const group = await catalogue.group('a_b');
    await catalogue.group('axb');
    await catalogue.group('a_b/x');
    await catalogue.group('axb/x');
    await move(group, { path: 'c' });
    expect(await findGroup(catalogue.db, 'axb/x')).toBeDefined();
    await expect(catalogue.group('axb/X')).rejects.toMatchObject({ code: 'already-exists' });
    await expect(catalogue.group('c/X')).rejects.toMatchObject({ code: 'already-exists' });
    await catalogue.group('a_b');
    await catalogue.group('a_b/x');
  });

  test('what would end up too deep or too visible stays', async () => {
    let path = 'g';
    let last = await catalogue.group(path);
    for (let level = 2; level <= 19; level += 1) last = await catalogue.group((path += '/g'));
    const tall = await catalogue.group('tall', 'public');
    await catalogue.group('tall/x', 'public');
    await expect(move(tall, { parentId: last.id })).rejects.toMatchObject({ code: 'invalid-parameter' });
    const flat = await catalogue.group('flat');
    await move(flat, { parentId: last.id });
    const closed = await catalogue.group('closed');
    await expect(move(tall, { parentId: closed.id })).rejects.toThrow(/visibility public/);
  });
});

test('visibility can shrink no further than what is inside', async () => {
  const acme = await catalogue.group('acme', 'public');
  await catalogue.group('acme/web', 'internal');
  await catalogue.project('acme/web/api', 'internal');
  const { db } = catalogue;
  await expect(updateNamespace(db, acme, { visibility: 'private' }, newYear)).rejects.toMatchObject({
    code: 'invalid-parameter',
  });
  await updateNamespace(db, acme, { visibility: 'internal', name: 'Acme!' }, newYear + 5);
  expect(await findGroup(db, acme.id)).toMatchObject({ visibility: 'internal', name: 'Acme!', updatedAt: newYear + 5 });
});

test('lists: children, top, search', async () => {
  const acme = await catalogue.group('acme');
  await catalogue.group('acme/web');
  await catalogue.group('acme/web/inner');
  await catalogue.group('beta');
  await catalogue.user('carl');
  const paths = async (filter: Parameters<typeof listNamespaces>[1]) => {
    const page = { limit: 10, offset: 0, order: { by: 'path', direction: 'asc' } } as const;
    return (await listNamespaces(catalogue.db, filter, page)).items.map((one) => one.fullPath);
  };
  expect(await paths({ parentId: acme.id })).toEqual(['acme/web']);
  expect(await paths({ parentId: null })).toEqual(['acme', 'beta', 'carl']);
  expect(await paths({ parentId: null, kind: 'group' })).toEqual(['acme', 'beta']);
  expect(await paths({ below: acme.lineage })).toEqual(['acme/web', 'acme/web/inner']);
  expect(await paths({ search: 'INNER' })).toEqual(['acme/web/inner']);
});

test('a group is deleted when it is empty, or with everything in it when that is asked for', async () => {
  const acme = await catalogue.group('acme');
  const web = await catalogue.group('acme/web');
  const project = await catalogue.project('acme/web/api');
  const remove = (group: Namespace, cascade: boolean) =>
    catalogue.db.transaction((tx) => deleteNamespace(tx, group, { cascade }, newYear));
  await expect(remove(acme, false)).rejects.toMatchObject({ code: 'unprocessable' });
  await expect(remove(web, false)).rejects.toMatchObject({ code: 'unprocessable' });
  await remove(acme, true);
  expect(await findGroup(catalogue.db, web.id)).toBeUndefined();
  expect(await findProject(catalogue.db, project.id)).toBeUndefined();
  const again = await catalogue.group('acme');
  await catalogue.group('acme/web');
  await remove((await findGroup(catalogue.db, 'acme/web')) ?? again, false);
  await remove(again, false);
});
