/** What formats with many files a version make the stores say: `test/contracts/many-files.test.ts` tests what it does. */
import { Readable } from 'node:stream';
import { callerOf } from '../../src/access/authenticate.ts';
import { anonymous } from '../../src/access/caller.ts';
import { advisoryCounts } from '../../src/catalog/advisories.ts';
import { findAccount } from '../../src/catalog/accounts.ts';
import { findProject } from '../../src/catalog/projects.ts';
import type { Database } from '../../src/database/database.ts';
import type { Name, PublishedFile } from '../../src/registry/model.ts';
import { openBench } from '../harness/bound-registry.ts';

const lib: Name = { key: 'lib', display: 'Lib', namespace: null };

export async function playFiles(database: Database): Promise<void> {
  await advisoryCounts(database);
  const account = await findAccount(database, 1);
  const [first] = await database.all<{ id: number }>('select min(id) as id from project');
  const project = await findProject(database, first?.id ?? 0);
  if (account === undefined || project === undefined) throw new Error('the scene has no account or project');
  const bench = openBench(database, () => 0);
  const format = { keepsFileNames: true, anonymousViews: 'challenge' } as const;
  const registry = bench.at({ scope: 'project', project }, callerOf(account), format);
  const upload = async (bytes: string, file: Partial<PublishedFile>, renewVersion = false): Promise<string> => {
    const staged = await registry.stage(Readable.from([bytes]));
    await registry.publish({
      name: lib,
      version: { key: '1', display: '1' },
      manifest: '{}',
      summary: null,
      readme: null,
      description: null,
      keywords: [],
      files: [{ name: 'a', role: 'archive', uniqueKey: null, ifExists: 'replace', ...file, staged }],
      tags: [],
      tagsIfUnset: [],
      ifVersionExists: 'add-files',
      status: null,
      renewVersion,
      supersedes: (files) => (files.length < 3 ? [] : files.slice(0, 1).map((file) => file.id)),
    });
    return staged.digests.sha256;
  };
  await upload('one', {});
  await upload('two', {}, true);
  const sha256 = await upload('three', { name: 'b', uniqueKey: 'b', ifExists: 'same-bytes' });
  await upload('three', { name: 'b', uniqueKey: 'b', ifExists: 'same-bytes' });
  await upload('four', { name: 'c' });
  await registry.package(lib, 'manifest', { files: true });
  await registry.fileByDigest(sha256, 'b');
  await registry.symbols('b.pdb');
  await registry.downloads(lib);
  await registry.names({ limit: 10 });
  await registry.advisoryPage({ after: '', limit: 10 });
  await registry.hasAdvisories();
  await registry.setPackageStanding(lib, 'archived', null);
  await bench
    .at({ scope: 'instance' }, anonymous, format)
    .document({ id: 'x', reads: 'summary' } as never, { ...lib, key: 'nothing' })
    .catch(() => undefined);
  await registry.removePackage(lib, {});
  await upload('three', { name: 'b', uniqueKey: 'b', ifExists: 'same-bytes' });
  await registry.removeVersions(lib, ['1'], {});
}
