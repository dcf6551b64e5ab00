import { randomUUID } from 'node:crypto';
import { readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredPackages } from '../../test/harness/stored-packages.ts';
import { openBlobFolder, openStoredPackages } from '../../test/harness/stored-packages.ts';
import type { Finding, FsckOptions } from './fsck.ts';
import { fsck } from './fsck.ts';

const hour = 3_600_000;

let opened: Awaited<ReturnType<typeof openBlobFolder>>;
let packages: StoredPackages;

beforeAll(async () => {
  opened = await openBlobFolder();
});

afterAll(() => opened.remove());

beforeEach(async () => {
  packages = await openStoredPackages(opened.folder, opened.blobs);
});

afterEach(() => packages.close());

async function check(options: Partial<FsckOptions> = {}) {
  const findings: Finding[] = [];
  const checked = await fsck({
    database: packages.database,
    blobs: packages.blobs,
    now: () => packages.now,
    quick: false,
    grace: 24 * hour,
    onFinding: (finding) => findings.push(finding),
    ...options,
  });
  return { ...checked, findings, kinds: findings.map(({ level, kind }) => `${level} ${kind}`) };
}

/** Foreign keys would prevent what some of these tests damage. */
async function damage(sql: string): Promise<void> {
  await packages.database.run(sql);
}

test('what was published is whole', async () => {
  for (let index = 0; index < 12; index += 1) await packages.publish(Buffer.from(`bytes ${index}`));
  const { findings, blobs, versions, bytes } = await check();
  expect(findings).toEqual([]);
  expect({ blobs, versions }).toEqual({ blobs: 12, versions: 12 });
  expect(bytes).toBeGreaterThan(12 * 7);
});

describe('bytes', () => {
  test('exactly the damaged blobs are found', async () => {
    const keys: string[] = [];
    for (let index = 0; index < 6; index += 1) keys.push(await packages.publish(Buffer.from(`the bytes ${index}`)));
    const [missing = '', short = '', flipped = '', swapped = '', other = ''] = keys;
    const bytes = await readFile(packages.pathOf(swapped));
    await writeFile(packages.pathOf(swapped), await readFile(packages.pathOf(other)));
    await writeFile(packages.pathOf(other), bytes);
    await rm(packages.pathOf(missing));
    await truncate(packages.pathOf(short), 10);
    await writeFile(packages.pathOf(flipped), 'the bytes !');
    const { findings, problems } = await check();
    expect(Object.fromEntries(findings.map(({ sha256, kind }) => [sha256, kind]))).toEqual({
      [missing]: 'missing-blob',
      [short]: 'wrong-size',
      [flipped]: 'wrong-digest',
      [swapped]: 'wrong-digest',
      [other]: 'wrong-digest',
    });
    expect(problems).toBe(5);
    expect(findings[0]?.message).toContain('f of generic:a@1.0.');
    expect(findings[0]?.message).toContain('in g/p');
    expect(findings[0]?.versionIds).toHaveLength(1);
  });

  test('a quick check compares sizes only', async () => {
    const key = await packages.publish(Buffer.from('12345'));
    await writeFile(packages.pathOf(key), '12346');
    expect((await check({ quick: true })).kinds).toEqual([]);
    await truncate(packages.pathOf(key), 4);
    expect((await check({ quick: true })).kinds).toEqual(['problem wrong-size']);
  });

  test('digests of the row that differ from the bytes are found too', async () => {
    await packages.publish(Buffer.from('x'));
    await damage(`update blob set md5 = '0'`);
    expect((await check()).findings).toMatchObject([{ kind: 'wrong-digest', level: 'problem' }]);
  });

  test('young ones without a row are a notice, old ones a problem', async () => {
    const key = await packages.crashedPublish(Buffer.from('left'));
    expect((await check()).kinds).toEqual(['notice orphan-blob']);
    const old = new Date(packages.now - 25 * hour);
    await utimes(packages.pathOf(key), old, old);
    const { kinds, problems } = await check();
    expect(kinds).toEqual(['problem orphan-blob']);
    expect(problems).toBe(1);
  });

  test('missing bytes that nothing refers to are a notice', async () => {
    const key = await packages.publish(Buffer.from('x'));
    await packages.unpublish(key);
    await rm(packages.pathOf(key));
    expect((await check()).kinds).toEqual(['notice missing-blob']);
  });

  test('what a collection is removing is passed over', async () => {
    const key = await packages.publish(Buffer.from('x'));
    await packages.unpublish(key);
    await damage(`update blob set doomed_at = 1`);
    await rm(packages.pathOf(key));
    expect((await check()).kinds).toEqual([]);
  });

  test('what is published during the check is no finding', async () => {
    for (let index = 0; index < 20; index += 1) await packages.publish(Buffer.from(randomUUID()));
    const end = new AbortController();
    const publishing = (async () => {
      while (!end.signal.aborted) {
        const key = await packages.publish(Buffer.from(randomUUID()));
        await packages.unpublish(key);
        await packages.publish(Buffer.from(randomUUID()));
      }
    })();
    for (let round = 0; round < 5; round += 1) expect((await check()).problems).toBe(0);
    end.abort();
    await publishing;
  });
});

describe('rows', () => {
  test.each([
    ['unparseable-manifest', `update version set manifest = '{'`],
    ['unparseable-manifest', `update version set manifest = '[]'`],
    ['unparseable-manifest', `update version set summary = 'x'`],
    ['version-without-files', 'delete from file'],
    [
      'dangling-tag',
      `insert into tag (package_id, name, version_id, updated_at)
      select other.id, 'latest', version.id, 0 from version, package as other where other.name = 'b'`,
    ],
  ])('%s', async (kind, sql) => {
    await packages.publish(Buffer.from('x'));
    await damage(`insert into package (project_id, format, name_key, name, search_text, revision, created_at, updated_at)
      select project_id, format, 'b', 'b', 'b', 1, 0, 0 from package`);
    expect((await check()).kinds).toEqual([]);
    await damage(sql);
    expect((await check()).kinds).toEqual([`problem ${kind}`]);
  });

  test('versions that are not ready may be without files', async () => {
    await packages.publish(Buffer.from('x'));
    await damage('delete from file');
    await damage(`update version set status = 'processing'`);
    expect((await check()).kinds).toEqual([]);
  });
});

describe('repair', () => {
  function repairing() {
    const done: string[] = [];
    const quarantine = join(packages.folder, randomUUID());
    return { done, quarantine, repair: { quarantine, onRepair: (message: string) => done.push(message) } };
  }

  test('closes versions whose bytes are missing, once, and renews what clients have cached', async () => {
    const key = await packages.publish(Buffer.from('gone'));
    await packages.publish(Buffer.from('fine'));
    await rm(packages.pathOf(key));
    const { done, repair } = repairing();
    expect((await check({ repair })).problems).toBe(1);
    expect(await packages.database.all('select status from version order by id')).toEqual([
      { status: 'error' },
      { status: 'default' },
    ]);
    expect(await packages.database.get('select revision from package')).toEqual({ revision: 2 });
    expect(await packages.database.all('select action, actor from audit_event')).toEqual([
      { action: 'package.close', actor: 'system' },
    ]);
    await check({ repair });
    expect(done).toHaveLength(1);
  });

  test('moves unknown bytes to quarantine, byte for byte', async () => {
    const key = await packages.crashedPublish(Buffer.from('left behind'));
    const young = await packages.crashedPublish(Buffer.from('a publish is under way'));
    const old = new Date(packages.now - 25 * hour);
    await utimes(packages.pathOf(key), old, old);
    const { done, quarantine, repair } = repairing();
    await check({ repair });
    expect(done).toEqual([`Moved ${key} to ${join(quarantine, key)}.`]);
    expect(await readFile(join(quarantine, key), 'utf8')).toBe('left behind');
    expect(await packages.stored()).toEqual([young]);
    expect((await check()).problems).toBe(0);
  });

  test('leaves everything else alone', async () => {
    await packages.publish(Buffer.from('x'));
    await damage(`update version set manifest = '{'`);
    const before = await packages.database.all('select * from version');
    const { done, repair } = repairing();
    expect((await check({ repair })).problems).toBe(1);
    expect(done).toEqual([]);
    expect(await packages.database.all('select * from version')).toEqual(before);
  });
});
