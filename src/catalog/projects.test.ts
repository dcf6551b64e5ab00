import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { createProject, deleteProject, moveProject, updateProject } from './project-changes.ts';
import { findProject, listProjects } from './projects.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

test('a project is found by id and by full path, ignoring case', async () => {
  const group = await catalogue.group('Acme');
  const project = await catalogue.project('acme/Web.Api', 'private', 'public');
  expect(project).toMatchObject({
    namespaceId: group.id,
    path: 'Web.Api',
    fullPath: 'Acme/Web.Api',
    visibility: 'private',
    packagesAccess: 'public',
    lineage: group.lineage,
  });
  expect(await findProject(catalogue.db, 'ACME/web.api')).toEqual(project);
  expect(await findProject(catalogue.db, String(project.id))).toEqual(project);
  expect(await findProject(catalogue.db, 'acme/web')).toBeUndefined();
});

test('changes, moves and their refusals', async () => {
  const { db } = catalogue;
  await catalogue.group('closed', 'private');
  const open = await catalogue.group('open', 'public');
  const project = await catalogue.project('closed/api');
  await expect(updateProject(db, project, { visibility: 'public' }, newYear)).rejects.toThrow(/visibility public/);
  await updateProject(db, project, { description: 'd', packagesAccess: 'disabled' }, newYear + 1);
  expect(await findProject(db, project.id)).toMatchObject({
    description: 'd',
    packagesAccess: 'disabled',
    name: 'api',
  });
  const move = (target: { path?: string; namespaceId?: number }) =>
    db.transaction((tx) => moveProject(tx, project, target, newYear));
  await catalogue.group('open/api');
  await expect(move({ namespaceId: open.id })).rejects.toMatchObject({ code: 'already-exists' });
  await expect(move({ namespaceId: 99 })).rejects.toMatchObject({ code: 'group-not-found' });
  await move({ namespaceId: open.id, path: 'Web' });
  expect(await findProject(db, 'open/web')).toMatchObject({ id: project.id, lineage: open.lineage });
  await catalogue.project('closed/api');
});

test('lists by namespace, below, search and visibility', async () => {
  const acme = await catalogue.group('acme', 'public');
  await catalogue.group('acme/web', 'public');
  await catalogue.project('acme/one', 'public');
  await catalogue.project('acme/web/two');
  await catalogue.group('acme2');
  await catalogue.project('acme2/three');
  const paths = async (filter: Parameters<typeof listProjects>[1]) => {
    const page = { limit: 10, offset: 0, order: { by: 'path', direction: 'desc' } } as const;
    return (await listProjects(catalogue.db, filter, page)).items.map((one) => one.fullPath);
  };
  expect(await paths({ namespaceId: acme.id })).toEqual(['acme/one']);
  expect(await paths({ below: acme.lineage })).toEqual(['acme/web/two', 'acme/one']);
  expect(await paths({ search: 'acme2' })).toEqual(['acme2/three']);
  expect(await paths({ visibility: 'public' })).toEqual(['acme/one']);
  expect(await paths({ visible: { sql: 'p.path = ?', params: ['two'] }, below: acme.lineage })).toEqual([
    'acme/web/two',
  ]);
});

test('twenty at once that want one path: one gets it', async () => {
  const group = await catalogue.group('acme');
  const wanted = { namespaceId: group.id, path: 'api', name: 'api', visibility: 'private' } as const;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => catalogue.db.transaction((tx) => createProject(tx, wanted, newYear))),
  );
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  for (const one of outcomes)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'already-exists' });
});

test('a deleted project frees its path', async () => {
  await catalogue.group('acme');
  const project = await catalogue.project('acme/api');
  await deleteProject(catalogue.db, project.id, newYear);
  expect(await findProject(catalogue.db, project.id)).toBeUndefined();
  expect((await catalogue.project('acme/api')).id).toBeGreaterThan(project.id);
});
