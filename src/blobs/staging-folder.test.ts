import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StagingFolder } from './staging-folder.ts';

test('each process removes what a dead one has left on its machine, and nothing younger than a day', async () => {
  const root = await mkdtemp(join(tmpdir(), 'staging-'));
  try {
    const staging = new StagingFolder(root);
    await staging.prepare();
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    for (const [name, hours] of Object.entries({ left: 25, slow: 23, now: 0 })) {
      await writeFile(join(staging.path, name), 'bytes');
      await utimes(join(staging.path, name), hoursAgo(hours), hoursAgo(hours));
    }
    await staging.keepClean(() => expect.fail('it can be cleaned'));
    expect((await readdir(staging.path)).toSorted()).toEqual(['now', 'slow']);
    await rm(staging.path, { recursive: true });
    const failures: unknown[] = [];
    await staging.keepClean((error) => failures.push(error));
    expect(failures).toHaveLength(1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
