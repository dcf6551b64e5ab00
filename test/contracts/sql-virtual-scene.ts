/** Requests that make the stores of upstreams say what they can say. */
import { knownAdvisories } from '../../src/catalog/advisories.ts';
import { findTrace, putTrace, trimTraces } from '../../src/catalog/answer-traces.ts';
import { clearHidden, listHidden, noteHidden, trimHidden } from '../../src/catalog/hidden-versions.ts';
import { countUse, touchCachedFile } from '../../src/catalog/upstream-files.ts';
import { touchResource, trimAbsent } from '../../src/catalog/upstream-resources.ts';
import type { Database } from '../../src/database/database.ts';
import { cachedWithBytes } from '../../src/jobs/fsck.store.ts';
import { dropLease, extendLease, takeLease } from '../../src/upstream/lease.store.ts';
import { fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import type { TestServer } from '../harness/types.ts';
import { createRegistry, gid } from '../harness/virtual.ts';
import { npmWire } from '../wire/npm-wire.ts';

export async function playUpstreams(server: TestServer, database: Database): Promise<void> {
  const upstream = await fakeUpstream();
  const { api } = server;
  const [group, project] = [await server.createGroup('virtual'), await server.createProject('virtual/app')];
  const ours = [gid.project(project.id), gid.group(group.id)];
  const registry = await createRegistry(server, group, 'npm', [...ours, upstream.url], {
    deploy_project_id: project.id,
  });
  const wire = npmWire(`${registry.url}/`, server.rootToken);
  await wire.put(await npmPackage({ name: 'ours' }));
  await offerNpm(upstream, 'theirs', [{}]);
  for (const path of ['ours', 'theirs', 'nothing', 'theirs/-/theirs-1.0.0.tgz', 'theirs/-/theirs-1.0.0.tgz']) {
    await wire.send('GET', path);
  }
  const base = '/virtual_registries/packages/npm';
  const remote = registry.upstreams[2];
  await api('GET', `/groups/${group.id}/-${base}/registries`);
  await api('GET', `/groups/${group.id}/-${base}/upstreams?upstream_name=1`);
  await api('GET', `/groups/${group.id}/-${base}/upstreams`);
  await api('GET', `${base}/upstreams/${remote?.id}`);
  await api('PATCH', `${base}/registries/${registry.id}`, { name: 'other' });
  await api('PATCH', `${base}/registry_upstreams/${remote?.registry_upstream.id}`, { position: 1 });
  const [entry] = await api<{ id: string }[]>('GET', `${base}/upstreams/${remote?.id}/cache_entries`);
  await api('GET', `${base}/upstreams/${remote?.id}/cache_entries?search=x&per_page=1&page=2`);
  await api('DELETE', `${base}/cache_entries/${entry?.id}`);
  await api('PATCH', `${base}/upstreams/${remote?.id}`, { url: `${upstream.url}/moved` });
  await api('DELETE', `${base}/registry_upstreams/${remote?.registry_upstream.id}`);
  await api('DELETE', `${base}/registries/${registry.id}/cache`);
  await api('DELETE', `${base}/upstreams/${remote?.id}`);
  await api('DELETE', `${base}/registries/${registry.id}`);
  await playDependencyProxy(server, project.id, upstream.url);
  await playStores(database);
  await upstream.close();
}

/** What only time or damage brings about. */
async function playStores(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await trimAbsent(tx, 1);
    await touchResource(tx, 1, 'x', 0);
    await touchCachedFile(tx, 1, 0);
    await countUse(tx, 1, 1, 0);
    await takeLease(tx, { name: 'scene', owner: 'a', now: 0, until: 1 });
    await extendLease(tx, { name: 'scene', owner: 'a', until: 2 });
    await dropLease(tx, 'scene', 'a');
  });
  await cachedWithBytes(database, '');
  await playPolicy(database);
}

/** What is known of answers, and of what was hidden from them. */
async function playPolicy(database: Database): Promise<void> {
  const hidden = {
    registryId: 1,
    upstreamId: 1,
    nameKey: 'n',
    name: 'n',
    version: '1',
    rule: 'deny',
    reason: 'r',
    dryRun: false,
    lastSeenAt: 0,
    times: 1,
  };
  await database.transaction(async (tx) => {
    await putTrace(tx, { id: 'scene', registryId: null, asked: 'x', steps: '[]', seenAt: 0 });
    await putTrace(tx, { id: 'other', registryId: 1, asked: 'x', steps: '[]', seenAt: 0 });
    await trimTraces(tx, 0);
    await noteHidden(tx, hidden);
    await trimHidden(tx, 1);
    await clearHidden(tx, 1);
  });
  await findTrace(database, 'scene');
  await knownAdvisories(database, 'npm', 'n');
  for (const offset of [0, 1]) {
    await listHidden(database, { registryId: 1 }, { limit: 1, offset });
    await listHidden(database, { registryId: 1, search: 'n', rule: 'deny', dryRun: true }, { limit: 1, offset });
  }
}

/** A plain file that may change is asked about again. */
async function playDependencyProxy(
  { api, url, rootToken }: TestServer,
  project: number,
  upstream: string,
): Promise<void> {
  await api('PUT', `/projects/${project}/dependency_proxy/settings/generic`, { url: upstream });
  const path = `/api/v4/projects/${project}/dependency_proxy/packages/generic/a/1/b`;
  await fetch(`${url}${path}`, { headers: { 'private-token': rootToken } });
  await api('DELETE', `/projects/${project}/dependency_proxy/settings/generic`);
}
