/** Requests and jobs that make the stores of caches, cleanup and request forwarding say what they can say. */
import { dueCleanupPolicy, noteCleanupRun } from '../../src/catalog/cache-cleanup-policies.ts';
import { forgetCacheEntry, remoteUpstreams } from '../../src/catalog/cache-entries.ts';
import { noteUses } from '../../src/catalog/upstream-resources.ts';
import type { Database } from '../../src/database/database.ts';
import { cacheUsage } from '../../src/jobs/cache-usage.ts';
import type { TestServer } from '../harness/types.ts';

export async function playCache(server: TestServer, database: Database): Promise<void> {
  const { api } = server;
  const [group, project] = [await server.createGroup('cached'), await server.createProject('cached/app')];
  await playForwarding(server, project.id);
  const policy = `/groups/${group.id}/-/virtual_registries/cleanup/policy`;
  await api('POST', policy, { enabled: true });
  await api('PATCH', policy, { cadence: 1 });
  await api('GET', policy);
  await dueCleanupPolicy(database, 0);
  await remoteUpstreams(database, group.id);
  await remoteUpstreams(database, null);
  await cacheUsage(database, [1]);
  const run = { nextRunAt: 0, lastRunAt: 0, lastRun: {}, status: 'scheduled', failureMessage: null } as const;
  await database.transaction(async (tx) => {
    await noteCleanupRun(tx, group.id, run);
    await noteUses(tx, [{ upstreamId: 1, resource: 'x', at: 0 }]);
    for (const kind of ['file', 'document'] as const) await forgetCacheEntry(tx, { upstreamId: 1, kind, key: 'x' }, 0);
  });
  await api('DELETE', policy);
}

/** From a project, and from the view over everything. */
async function playForwarding({ api, url, rootToken }: TestServer, projectId: number): Promise<void> {
  const on = { npm_package_requests_forwarding: true, maven_package_requests_forwarding: true };
  await api('PUT', '/application/settings', on);
  await api('GET', '/application/settings');
  const headers = { authorization: `Bearer ${rootToken}` };
  for (const path of ['packages/npm/left-pad', `projects/${projectId}/packages/maven/a/b/maven-metadata.xml`]) {
    await fetch(`${url}/api/v4/${path}`, { headers, redirect: 'manual' });
  }
  await api('PUT', '/application/settings', {
    npm_package_requests_forwarding: null,
    maven_package_requests_forwarding: null,
  });
}
