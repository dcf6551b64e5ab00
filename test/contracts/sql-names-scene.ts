/** Requests that make the stores of names say what they can say: reservations, claims, protection rules and twins. */
import { claimedKeys, claimedNamespaces } from '../../src/catalog/claimed-names.ts';
import { hasClaimBelow } from '../../src/catalog/claims-below.ts';
import { createGroup } from '../../src/catalog/namespace-changes.ts';
import { moveNamespace } from '../../src/catalog/namespace-move.ts';
import { cachedNames, countTwins, putTwin, removeTwin, unnoticedTwins } from '../../src/catalog/name-twins.ts';
import { findTwinCheck, putTwinCheck, registriesToCheck } from '../../src/catalog/twin-checks.ts';
import type { Database } from '../../src/database/database.ts';
import { npmPackage } from '../harness/packages.ts';
import type { TestServer } from '../harness/types.ts';
import { createRegistry } from '../harness/virtual.ts';
import { npmWire } from '../wire/npm-wire.ts';

export async function playNames(server: TestServer, database: Database): Promise<void> {
  const { api } = server;
  const [group, project] = [await server.createGroup('names'), await server.createProject('names/app')];
  const registry = await createRegistry(server, group, 'npm', ['https://registry.example.com']);
  const names = `/groups/${group.id}/-/virtual_registries/packages/npm`;
  const { id } = await api<{ id: number }>('POST', `${names}/reserved_names`, { pattern: '@names/*' });
  await npmWire(project.npm, server.rootToken).put(await npmPackage({ name: '@names/ours' }));
  await npmWire(`${registry.url}/`, server.rootToken).send('GET', '@names/more');
  await api('GET', `${names}/reserved_names/${id}`);
  await api('GET', `${names}/reserved_names`);
  await api('GET', `${names}/reserved_names?page=2`);
  await api('PATCH', `${names}/reserved_names/${id}`, { owner_project_id: project.id });
  await api('DELETE', `${names}/reserved_names/${id}`);
  await api('GET', `${names}/claimed_names`);
  await api('GET', `${names}/claimed_names?search=ours`);
  await api('GET', `${names}/twins`);
  await api('GET', `${names}/twins?page=2`);
  await playRules(server, project.id);
  await playRelease(server, project.id, `${names}/claimed_names/${encodeURIComponent('@names/ours')}`);
  await playTwins(database, {
    namespaceId: group.id,
    registryId: registry.id,
    upstreamId: registry.upstreams[0]?.id ?? 0,
  });
  await moveTop(database);
}

async function playRules({ api }: TestServer, projectId: number): Promise<void> {
  const rules = `/projects/${projectId}/packages/protection/rules`;
  const body = { package_name_pattern: 'x', package_type: 'npm', minimum_access_level_for_push: 'owner' };
  const { id } = await api<{ id: number }>('POST', rules, body);
  await api('GET', rules);
  await api('GET', `${rules}?page=2`);
  await api('PATCH', `${rules}/${id}`, { package_name_pattern: 'y' });
  await api('DELETE', `${rules}/${id}`);
}

async function playRelease({ api }: TestServer, projectId: number, claim: string): Promise<void> {
  const [row] = await api<{ id: number }[]>('GET', `/projects/${projectId}/packages`);
  await api('DELETE', `/projects/${projectId}/packages/${row?.id}`);
  await api('DELETE', claim);
}

/** What checks say; the cache knows of none here. */
async function playTwins(
  database: Database,
  { namespaceId, registryId, upstreamId }: { namespaceId: number; registryId: number; upstreamId: number },
): Promise<void> {
  const common = {
    namespaceId,
    upstreamId,
    format: 'npm',
    foundBy: 'check',
    newestVersion: null,
    versions: null,
  } as const;
  const twin = { ...common, nameKey: 'n', name: 'n' };
  await database.transaction(async (tx) => {
    for (let times = 0; times < 2; times += 1) await putTwin(tx, twin, 0);
    await removeTwin(tx, twin);
    await putTwinCheck(tx, { registryId, begunAt: 0, finishedAt: null, afterKey: null, asked: 0, failed: 0 });
  });
  await findTwinCheck(database, registryId);
  await registriesToCheck(database, '"checkPublicTwins":true');
  await claimedKeys(database, { rootId: namespaceId, format: 'npm', after: '' }, 1);
  await claimedNamespaces(database, namespaceId, 'npm');
  await hasClaimBelow(database, { format: 'npm', prefix: 'n', rootIds: [namespaceId] });
  await cachedNames(database, { upstreamId, from: 'a', to: 'b' });
  await unnoticedTwins(database, 1);
  await countTwins(database);
}

/** No end point moves a group to another parent yet. */
async function moveTop(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    const make = (path: string) => createGroup(tx, { parentId: null, path, name: path, visibility: 'private' }, 0);
    const [inner, outer] = [await make('top-names'), await make('other-names')];
    await moveNamespace(tx, inner, { parentId: outer.id }, 0);
  });
}
