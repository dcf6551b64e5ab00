import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setScene, userCaller } from '../../test/harness/callers.ts';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import type { PackagesAccess, Visibility } from '../catalog/visibility.ts';
import { anonymous } from './caller.ts';
import {
  type GroupAction,
  permitOnGroup,
  permitOnInstance,
  permitOnPackage,
  permitOnProject,
  type ProjectAction,
  type Verdict,
} from './permit.ts';
import { missing, refusal } from './refusal.ts';

/** Tables: `+` allowed, `F` forbidden, `H` hidden, `U` unauthenticated, `D` registry disabled. */
function letter(verdict: Verdict): string {
  if (verdict.allowed) return '+';
  return { forbidden: 'F', hidden: 'H', unauthenticated: 'U', 'registry-disabled': 'D' }[verdict.because];
}

function parse(table: string): [caller: string, letters: string][] {
  const rows = table.trim().split('\n');
  return rows.map((row) => row.split('|').map((cell) => cell.trim()) as [string, string]);
}

let catalogue: Catalogue;
beforeEach(async () => {
  catalogue = await openCatalogue();
});
afterEach(() => catalogue.close());

const projectActions: readonly ProjectAction[] = [
  'read-project',
  'read-package',
  'publish-package',
  'tag-package',
  'delete-package',
  'manage-members',
  'manage-tokens',
  'admin-project',
  'remove-project',
];

async function projectTable(visibility: Visibility, access: PackagesAccess): Promise<Record<string, string>> {
  const { project, callers } = await setScene(catalogue, visibility, access);
  const table: Record<string, string> = {};
  for (const [name, caller] of Object.entries(callers)) {
    const letters = [];
    for (const action of projectActions) {
      letters.push(letter(await permitOnProject(catalogue.db, caller, action, project, newYear)));
    }
    table[name] = letters.join('');
  }
  return table;
}

/** Columns: see project, packages: read, publish, tag, delete · members, tokens, settings, removal. */
const privateProject = `
  anonymous              | UUUUUUUUU
  stranger               | HHHHHHHHH
  project-guest          | ++FFFFFFF
  project-reporter       | ++FFFFFFF
  project-developer      | ++++FFFFF
  project-maintainer     | ++++++++F
  project-owner          | +++++++++
  group-guest            | ++FFFFFFF
  group-developer        | ++++FFFFF
  group-maintainer       | ++++++++F
  group-owner            | +++++++++
  expired-owner          | HHHHHHHHH
  admin                  | +++++++++
  admin read_api         | ++FFFFFFF
  owner read_api         | ++FFFFFFF
  owner read_user        | FFFFFFFFF
  owner read_package     | F+FFFFFFF
  owner write_package    | F++++FFFF
  developer-bot          | ++++FFFFF
  bot-from-elsewhere     | HHHHHHHHH
  project-deploy-read    | F+FFFFFFF
  project-deploy-write   | F++++FFFF
  project-deploy-virtual | FFFFFFFFF
  group-deploy-read      | F+FFFFFFF
  group-deploy-write     | F++++FFFF
  deploy-from-elsewhere  | HHHHHHHHH
  deploy-from-foreign    | HHHHHHHHH
  deploy-like-owner      | HHHHHHHHH`;

/** Those who differ from the private project. */
const internalProject = `
  stranger               | ++FFFFFFF
  expired-owner          | ++FFFFFFF`;

const publicProject = `
  anonymous              | ++UUUUUUU
  stranger               | ++FFFFFFF
  expired-owner          | ++FFFFFFF
  bot-from-elsewhere     | ++FFFFFFF
  deploy-from-elsewhere  | F+FFFFFFF
  deploy-from-foreign    | F+FFFFFFF
  deploy-like-owner      | F+FFFFFFF`;

/** Packages open to anyone: reading them, and nothing else, where the project is hidden. */
const privateWithPublicPackages = `
  anonymous              | U+UUUUUUU
  stranger               | H+HHHHHHH
  expired-owner          | H+HHHHHHH
  bot-from-elsewhere     | H+HHHHHHH
  deploy-from-elsewhere  | H+HHHHHHH
  deploy-from-foreign    | H+HHHHHHH
  deploy-like-owner      | H+HHHHHHH`;

const publicWithMembersPackages = `
  anonymous              | +UUUUUUUU
  stranger               | +FFFFFFFF
  expired-owner          | +FFFFFFFF
  bot-from-elsewhere     | +FFFFFFFF
  deploy-from-elsewhere  | FFFFFFFFF
  deploy-from-foreign    | FFFFFFFFF
  deploy-like-owner      | FFFFFFFFF`;

describe('projects', () => {
  test.each<[Visibility, PackagesAccess, string]>([
    ['private', 'enabled', ''],
    ['internal', 'enabled', internalProject],
    ['public', 'enabled', publicProject],
    ['private', 'public', privateWithPublicPackages],
    ['public', 'public', publicProject],
    ['private', 'private', ''],
    ['public', 'private', publicWithMembersPackages],
  ])('%s, packages %s', async (visibility, access, differences) => {
    const expected = Object.fromEntries([...parse(privateProject), ...(differences ? parse(differences) : [])]);
    expect(await projectTable(visibility, access)).toEqual(expected);
  });

  test.each<Visibility>(['private', 'internal', 'public'])('%s, packages disabled', async (visibility) => {
    const differences = { private: '', internal: internalProject, public: publicProject }[visibility];
    const open = Object.fromEntries([...parse(privateProject), ...(differences ? parse(differences) : [])]);
    const expected = Object.entries(open).map(([name, letters]) => {
      const sees = !/^[UH]/.test(letters);
      return [name, sees ? `${letters[0]}DDDD${letters.slice(5)}` : letters];
    });
    expect(await projectTable(visibility, 'disabled')).toEqual(Object.fromEntries(expected));
  });
});

const groupActions: readonly GroupAction[] = [
  'read-group',
  'read-package',
  'create-project',
  'create-subgroup',
  'manage-members',
  'manage-tokens',
  'admin-group',
];

/** Columns: see it, its packages · create project, subgroup · members, tokens, settings. */
const privateGroup = `
  anonymous              | UUUUUUU
  stranger               | HHHHHHH
  project-guest          | ++FFFFF
  project-reporter       | ++FFFFF
  project-developer      | ++FFFFF
  project-maintainer     | ++FFFFF
  project-owner          | ++FFFFF
  group-guest            | ++FFFFF
  group-developer        | +++FFFF
  group-maintainer       | ++++FFF
  group-owner            | +++++++
  expired-owner          | HHHHHHH
  admin                  | +++++++
  admin read_api         | ++FFFFF
  owner read_api         | ++FFFFF
  owner read_user        | FFFFFFF
  owner read_package     | F+FFFFF
  owner write_package    | F+FFFFF
  developer-bot          | ++FFFFF
  bot-from-elsewhere     | ++FFFFF
  project-deploy-read    | F+FFFFF
  project-deploy-write   | F+FFFFF
  project-deploy-virtual | FFFFFFF
  group-deploy-read      | F+FFFFF
  group-deploy-write     | F+FFFFF
  deploy-from-elsewhere  | F+FFFFF
  deploy-from-foreign    | HHHHHHH
  deploy-like-owner      | HHHHHHH`;

const publicGroup = `
  anonymous              | ++UUUUU
  stranger               | ++FFFFF
  expired-owner          | ++FFFFF
  deploy-from-foreign    | F+FFFFF
  deploy-like-owner      | F+FFFFF`;

const internalGroup = `
  stranger               | ++FFFFF
  expired-owner          | ++FFFFF`;

describe('groups', () => {
  test.each<[Visibility, string]>([
    ['private', ''],
    ['internal', internalGroup],
    ['public', publicGroup],
  ])('%s', async (visibility, differences) => {
    const { group, callers } = await setScene(catalogue, visibility);
    const table: Record<string, string> = {};
    for (const [name, caller] of Object.entries(callers)) {
      const letters = [];
      for (const action of groupActions) {
        letters.push(letter(await permitOnGroup(catalogue.db, caller, action, group, newYear)));
      }
      table[name] = letters.join('');
    }
    const expected = [...parse(privateGroup), ...(differences ? parse(differences) : [])];
    expect(table).toEqual(Object.fromEntries(expected));
  });
});

test('the instance', async () => {
  const { callers } = await setScene(catalogue, 'private');
  const letters = (name: string) => {
    const caller = callers[name];
    if (caller === undefined) throw new Error(name);
    return [permitOnInstance(caller, 'create-group'), permitOnInstance(caller, 'admin-instance')].map(letter).join('');
  };
  expect(letters('anonymous')).toBe('UU');
  expect(letters('stranger')).toBe('+F');
  expect(letters('admin')).toBe('++');
  expect(letters('admin read_api')).toBe('FF');
  expect(letters('owner write_package')).toBe('FF');
  expect(letters('developer-bot')).toBe('FF');
  expect(letters('group-deploy-write')).toBe('FF');
});

describe('maintainers of a package', () => {
  async function packageOf(projectId: number): Promise<number> {
    const row = await catalogue.db.get<{ id: number }>(
      `insert into package (project_id, format, name_key, name, search_text, revision, created_at, updated_at)
       values (?, 'npm', 'x', 'x', 'x', 1, 0, 0) returning id`,
      [projectId],
    );
    return row?.id ?? 0;
  }

  test('may publish and tag that package where they may read', async () => {
    const { db } = catalogue;
    const { project, callers } = await setScene(catalogue, 'private');
    const [id, other] = [await packageOf(project.id), 999];
    const name = async (caller: string) => {
      const found = callers[caller];
      if (found?.kind !== 'user') throw new Error(caller);
      await db.run('insert into maintainer (package_id, account_id) values (?, ?)', [id, found.accountId]);
      return found;
    };
    const guest = await name('project-guest');
    const stranger = await name('stranger');
    const ask = async (
      ...[caller, action, packageId]: [typeof guest, Parameters<typeof permitOnPackage>[2], number | null]
    ) => letter(await permitOnPackage(db, caller, action, project, packageId, newYear));
    expect(await ask(guest, 'publish-package', id)).toBe('+');
    expect(await ask(guest, 'tag-package', id)).toBe('+');
    expect(await ask(guest, 'delete-package', id)).toBe('F');
    expect(await ask(guest, 'publish-package', other)).toBe('F');
    expect(await ask(guest, 'publish-package', null)).toBe('F');
    expect(await ask({ ...guest, scopes: new Set(['read_api']) }, 'publish-package', id)).toBe('F');
    expect(await ask({ ...guest, scopes: new Set(['write_package_registry']) }, 'publish-package', id)).toBe('+');
    expect(await ask(stranger, 'publish-package', id)).toBe('H');
  });

  test('on a public project need no membership, unless its registry is closed', async () => {
    const { db } = catalogue;
    const { project } = await setScene(catalogue, 'public');
    const id = await packageOf(project.id);
    const account = await catalogue.user('friend');
    await db.run('insert into maintainer (package_id, account_id) values (?, ?)', [id, account.id]);
    const ask = async (packagesAccess: PackagesAccess) =>
      letter(
        await permitOnPackage(db, userCaller(account), 'publish-package', { ...project, packagesAccess }, id, newYear),
      );
    expect(await ask('enabled')).toBe('+');
    expect(await ask('disabled')).toBe('D');
    expect(await ask('private')).toBe('F');
  });
});

describe('refusals', () => {
  const no = (because: 'unauthenticated' | 'forbidden' | 'hidden' | 'registry-disabled') =>
    refusal({ allowed: false, because, reason: because === 'forbidden' ? 'Because.' : '' }, 'project');

  test('have their codes', () => {
    expect(no('unauthenticated')).toMatchObject({ code: 'unauthenticated', status: 401, message: '401 Unauthorized' });
    expect(no('forbidden')).toMatchObject({ code: 'forbidden', status: 403, message: '403 Forbidden - Because.' });
    expect(no('hidden')).toMatchObject({ code: 'project-not-found', message: '404 Project Not Found' });
    expect(no('registry-disabled')).toMatchObject({ code: 'registry-disabled', status: 403 });
    expect(refusal({ allowed: false, because: 'hidden', reason: '' }, 'group').code).toBe('group-not-found');
  });

  test('of hidden things look like those of missing ones', async () => {
    const { project, group, callers } = await setScene(catalogue, 'private');
    for (const caller of [anonymous, callers['stranger'] ?? anonymous, callers['deploy-from-foreign'] ?? anonymous]) {
      const onProject = await permitOnProject(catalogue.db, caller, 'publish-package', project, newYear);
      if (onProject.allowed) throw new Error('allowed');
      expect(refusal(onProject, 'project')).toEqual(missing(caller, 'project'));
      const onGroup = await permitOnGroup(catalogue.db, caller, 'read-package', group, newYear);
      if (onGroup.allowed) throw new Error('allowed');
      expect(refusal(onGroup, 'group')).toEqual(missing(caller, 'group'));
    }
  });
});
