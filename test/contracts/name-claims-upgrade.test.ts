/** What the migration makes of claims that were there before they said where they came from. */
import { expect, test } from 'vitest';
import { claimOn } from '../../src/catalog/name-claims.ts';
import { openDatabase } from '../../src/database/connect.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { freshDatabase } from '../harness/engine.ts';

const before = migrations.filter(({ id }) => id < '0006');

/** `acme` and `other`, each with a project. */
async function addPlaces(database: Database): Promise<void> {
  for (const [id, path] of [
    [1, 'acme'],
    [2, 'other'],
  ] as const) {
    await database.run(
      `insert into namespace (id, kind, path, full_path, full_path_key, name, visibility, lineage, created_at, updated_at)
       values (?, 'group', ?, ?, ?, ?, 'private', ?, 0, 0)`,
      [id, path, path, path, path, `/${id}/`],
    );
    const inside = `${path}/app`;
    await database.run(
      `insert into project (id, namespace_id, path, full_path, full_path_key, name, visibility, packages_access, created_at, updated_at)
       values (?, ?, 'app', ?, ?, 'app', 'private', 'enabled', 0, 0)`,
      [id, id, inside, inside],
    );
  }
}

async function addPackage(database: Database, projectId: number, key: string, namespace: string | null): Promise<void> {
  await database.run(
    `insert into package (project_id, format, name_key, name, namespace, search_text, revision, created_at, updated_at)
     values (?, 'npm', ?, ?, ?, ?, 1, 5, 5)`,
    [projectId, key, key, namespace, key],
  );
}

const addClaim = (database: Database, rootId: number, key: string): Promise<number> =>
  database.run(
    `insert into name_claim (namespace_id, format, name_key, namespace, created_at) values (?, 'npm', ?, null, 5)`,
    [rootId, key],
  );

test('names of packages that moved are claimed, with their scope; those that were there get their look', async () => {
  const fresh = await freshDatabase('nothing');
  const database = await openDatabase(fresh.url);
  try {
    await migrate(database, before);
    await addPlaces(database);
    await addClaim(database, 1, 'acme-utils');
    await addClaim(database, 1, 'gone.by');
    await addPackage(database, 1, 'acme-utils', null);
    // Came with its project, as it was: no claim.
    await addPackage(database, 2, '@acme/lib', 'acme');
    await migrate(database);
    const claim = (rootId: number, nameKey: string, namespace: string | null = null) =>
      claimOn(database, { format: 'npm', nameKey, namespace, looksAlike: true, rootIds: [rootId] });
    expect(await claim(1, 'Acme_Utils')).toMatchObject({ kind: 'look-alike', nameKey: 'acme-utils' });
    expect(await claim(1, 'gone-by')).toMatchObject({ kind: 'look-alike', nameKey: 'gone.by' });
    expect(await claim(2, '@acme/more', 'acme')).toMatchObject({ kind: 'namespace', nameKey: '@acme/lib' });
    expect(await claim(1, '@acme/more', 'acme')).toBeNull();
    const origins = await database.all('select name_key as key, origin from name_claim order by name_key');
    expect(origins).toEqual([
      { key: '@acme/lib', origin: 'moved' },
      { key: 'acme-utils', origin: 'published' },
      { key: 'gone.by', origin: 'published' },
    ]);
  } finally {
    await database.close();
    await fresh.drop();
  }
});
