import { afterEach, beforeEach, expect, test } from 'vitest';
import { setScene } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { listNamespaces } from '../catalog/namespaces.ts';
import { listProjects } from '../catalog/projects.ts';
import type { PackagesAccess, Visibility } from '../catalog/visibility.ts';
import { anonymous } from './caller.ts';
import { permitOnGroup, permitOnProject } from './permit.ts';
import { visibleGroups, visibleProjects } from './visible.store.ts';

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const all = { limit: 100, offset: 0 };
const visibilities: readonly Visibility[] = ['private', 'internal', 'public'];
const accesses: readonly PackagesAccess[] = ['disabled', 'private', 'enabled', 'public'];

/** Projects of every visibility and package setting beside, above and below those that the callers belong to. */
async function fill(): Promise<void> {
  await catalogue.group('acme/sub', 'public');
  await catalogue.group('acme/sub/low', 'public');
  await catalogue.group('acme/shut');
  for (const place of ['acme', 'acme/sub', 'acme/sub/low']) {
    for (const visibility of visibilities) {
      for (const access of accesses) await catalogue.project(`${place}/${visibility}-${access}`, visibility, access);
    }
  }
  for (const access of accesses) await catalogue.project(`foreign/${access}`, 'private', access);
  await catalogue.project('acme/shut/one');
}

test('lists hold exactly what permit allows, for every caller', async () => {
  const { db } = catalogue;
  const { callers } = await setScene(catalogue, 'public');
  await fill();
  const projects = (await listProjects(db, {}, all)).items;
  const groups = (await listNamespaces(db, { kind: 'group' }, all)).items;
  const listed: Record<string, unknown> = {};
  const permitted: Record<string, unknown> = {};
  for (const [name, caller] of Object.entries(callers)) {
    const mine = async (purpose: 'projects' | 'packages') =>
      (await listProjects(db, { visible: visibleProjects(caller, purpose, newYear) }, all)).items.map(
        (p) => p.fullPath,
      );
    const mineOfGroups = async (purpose: 'groups' | 'packages') =>
      (await listNamespaces(db, { kind: 'group', visible: visibleGroups(caller, purpose, newYear) }, all)).items.map(
        (group) => group.fullPath,
      );
    listed[name] = {
      projects: await mine('projects'),
      packages: await mine('packages'),
      groups: await mineOfGroups('groups'),
      groupPackages: await mineOfGroups('packages'),
    };
    const expected = { projects: [], packages: [], groups: [], groupPackages: [] } as Record<string, string[]>;
    for (const project of projects) {
      const asks = [
        ['projects', 'read-project'],
        ['packages', 'read-package'],
      ] as const;
      for (const [list, action] of asks) {
        if ((await permitOnProject(db, caller, action, project, newYear)).allowed)
          expected[list]?.push(project.fullPath);
      }
    }
    for (const group of groups) {
      const asks = [
        ['groups', 'read-group'],
        ['groupPackages', 'read-package'],
      ] as const;
      for (const [list, action] of asks) {
        if ((await permitOnGroup(db, caller, action, group, newYear)).allowed) expected[list]?.push(group.fullPath);
      }
    }
    permitted[name] = expected;
  }
  expect(listed).toEqual(permitted);
  expect(new Set(Object.values(listed).map((lists) => JSON.stringify(lists))).size).toBeGreaterThan(8);
});

test('a group is seen from below and from above, and not from beside', async () => {
  const { callers } = await setScene(catalogue, 'private');
  await catalogue.group('acme/shut');
  await catalogue.group('acme2');
  const seen = async (name: string) => {
    const visible = visibleGroups(callers[name] ?? anonymous, 'packages', newYear);
    return (await listNamespaces(catalogue.db, { kind: 'group', visible }, all)).items.map((group) => group.fullPath);
  };
  expect(await seen('project-owner')).toEqual(['acme']);
  expect(await seen('project-deploy-write')).toEqual(['acme']);
  expect(await seen('group-guest')).toEqual(['acme', 'acme/shut']);
  expect(await seen('group-deploy-read')).toEqual(['acme', 'acme/shut']);
  expect(await seen('deploy-from-foreign')).toEqual(['foreign']);
  expect(await seen('stranger')).toEqual([]);
  expect(await seen('anonymous')).toEqual([]);
});

test('a condition fits beside others', async () => {
  const { callers, project } = await setScene(catalogue, 'private');
  const caller = callers['project-guest'];
  if (caller === undefined) throw new Error('no guest');
  const visible = visibleProjects(caller, 'packages', newYear);
  const seen = await listProjects(catalogue.db, { namespaceId: project.namespaceId, visible, search: 'acme' }, all);
  expect(seen.items.map((one) => one.fullPath)).toEqual(['acme/app']);
  expect((await listProjects(catalogue.db, { visible, search: 'elsewhere' }, all)).total).toBe(0);
});
