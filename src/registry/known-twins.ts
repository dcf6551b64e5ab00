import { insertAudit } from '../catalog/events.ts';
import { cachedNames, type NewTwin, putTwin, remoteUpstreamIds, unnoticedTwins } from '../catalog/name-twins.ts';
import { findUpstream, type Upstream } from '../catalog/upstreams.ts';
import type { DocumentKind, Format } from '../formats/format.ts';
import { Problem } from '../problems/problem.ts';
import type { Resources } from '../upstream/resources.ts';
import type { Site } from '../upstream/site.ts';
import type { RegistryFoundation } from './foundation.ts';
import type { Name } from './model.ts';
import { runSteps } from './upstream-steps.ts';

type Services = Pick<RegistryFoundation, 'database' | 'upstreams' | 'onTwin' | 'now'>;

/** What becomes ours now: one name, or all that begin so. */
export interface NewlyOurs {
  readonly rootId: number;
  readonly format: Format;
  readonly name: Pick<Name, 'key' | 'display'> | null;
  readonly beginning: string | null;
}

/**
 * Looks in what upstreams of the group were asked for before: a name that is ours from now on and is there has a twin.
 * Nobody is asked anything.
 */
export async function lookForTwins(services: Services, ours: NewlyOurs): Promise<void> {
  const { rootId: namespaceId, format, name, beginning } = ours;
  const { database } = services;
  for (const upstreamId of await remoteUpstreamIds(database, { namespaceId, format: format.id })) {
    const common = { namespaceId, upstreamId, format: format.id, foundBy: 'cache' } as const;
    for (const range of rangesOf(name?.key ?? null, beginning)) {
      for (const { nameKey, name: display } of await cachedNames(database, { upstreamId, ...range })) {
        await raiseTwin(services, { ...common, nameKey, name: display, newestVersion: null, versions: null });
      }
    }
    const upstream = name === null ? undefined : await findUpstream(database, upstreamId);
    const known = upstream && name ? await cachedVersions(services, upstream, format, name.key) : null;
    if (name !== null && known !== null) {
      await raiseTwin(services, { ...common, ...known, nameKey: name.key, name: name.display });
    }
  }
}

/** What all names of a namespace begin with, by one of them: `@acme/`. */
export function beginningOf({ key, namespace }: { readonly key: string; readonly namespace: string }): string {
  return key.slice(0, key.indexOf(namespace) + namespace.length + 1);
}

/** The name alone, and all that begin so: keys are compared as bytes. */
function rangesOf(nameKey: string | null, beginning: string | null): readonly { from: string; to: string }[] {
  const exact = nameKey === null ? [] : [{ from: nameKey, to: `${nameKey}\u0001` }];
  return beginning === null ? exact : [...exact, { from: beginning, to: `${beginning}\u{10ffff}` }];
}

/** What the cache's documents say of a name; `null` = nothing. */
async function cachedVersions(
  { upstreams: { resources } }: Services,
  { id, name, url }: Upstream,
  format: Format,
  nameKey: string,
): Promise<Pick<NewTwin, 'newestVersion' | 'versions'> | null> {
  const protocol = format.upstream;
  const about = explained(format, nameKey);
  if (protocol === undefined || about === null || url === null) return null;
  const site: Site = { id, name, baseUrl: url, credentials: null, trustedOrigins: [] };
  const cache: Pick<Resources, 'get'> = { get: (where, request) => resources.kept(where.site, request) };
  for (const kind of protocol.documents ?? [about.kind]) {
    const steps = protocol.document({ kind, name: about.name, dates: false }, new URL(url));
    const outcome = await runSteps(cache, { site, validity: Infinity }, steps);
    const doc = outcome.outcome === 'found' ? outcome.value.value : null;
    if (doc !== null) return versionsIn(format, kind, doc);
  }
  return null;
}

/** A name by its key, with the document that lists its versions; `null` where there is none. */
export function explained(
  format: Format,
  nameKey: string,
): { readonly name: Name; readonly kind: DocumentKind } | null {
  try {
    const about = format.upstream?.explains?.(nameKey);
    return about === undefined || about.kind === null ? null : { name: about.name, kind: about.kind };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

export function versionsIn(
  format: Format,
  kind: DocumentKind,
  doc: unknown,
): Pick<NewTwin, 'newestVersion' | 'versions'> {
  const versions = kind.versions(doc).map(({ version }) => version);
  return {
    versions: versions.length,
    newestVersion: versions.toSorted((a, b) => format.compareVersions(a, b)).at(-1) ?? null,
  };
}

/** What the pipeline missed: a process that stopped between a publish and its look, names that a registry shares. */
export async function lookForUnnoticedTwins(services: Services, signal: AbortSignal): Promise<void> {
  for (const twin of await unnoticedTwins(services.database, 1_000)) {
    if (signal.aborted) return;
    const { nameKey: name } = twin;
    await raiseTwin(services, { ...twin, name, foundBy: 'cache', newestVersion: null, versions: null });
  }
}

/** Stores it; the first time it is an event of the audit trail and a line of the log. */
export async function raiseTwin(services: Services, twin: NewTwin): Promise<void> {
  const isNew = await services.database.transaction(async (tx) => {
    if (!(await putTwin(tx, twin, services.now()))) return false;
    const { namespaceId, upstreamId, foundBy, newestVersion, versions } = twin;
    const details = {
      group: namespaceId,
      upstream: upstreamId,
      found_by: foundBy,
      newest_version: newestVersion,
      versions,
    };
    const subject = `${twin.format}:${twin.name}`;
    await insertAudit(
      tx,
      { actor: 'system', action: 'name-twin.found', projectId: null, subject, details },
      services.now(),
    );
    return true;
  });
  if (isNew) services.onTwin(twin);
}
