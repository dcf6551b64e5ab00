import { hasClaimBelow, topNamespaceIds } from '../catalog/claims-below.ts';
import { rootIdOf } from '../catalog/name-claims.ts';
import { findTopNamespace } from '../catalog/namespaces.ts';
import type { Elsewhere, FormatRequest, PlainReply, Route } from '../formats/format.ts';
import type { ForwardingPlace } from '../policy/forwarding.ts';
import { readPolicy } from '../policy/upstream-policy.ts';
import { Problem, type ProblemCode } from '../problems/problem.ts';
import { settingsOf } from './format-settings.ts';
import type { Binding, Mount } from './mount.ts';
import { whyOurs } from './virtual-local.ts';
import type { VirtualMount } from './virtual-mount.ts';
import { hasReservedBelow } from './whose-name.ts';

const notHere: ReadonlySet<ProblemCode> = new Set(['package-not-found', 'file-not-found']);
/** Credentials in headers of their own, which clients (Maven, curl) send along to wherever they are sent on to. */
const sentAlong = ['private-token', 'job-token', 'deploy-token', 'x-nuget-apikey'];
/** Clients that send `Authorization` along too: Wget 1.21, Python's urllib and Java 17's `HttpClient` were seen to. */
const careless = /^(?:wget|python-urllib|java-http-client)\//i;

/** Groups at the top whose names are looked through at once. */
const rootsAtOnce = 200;

/**
 * The redirect for what a handler didn't find, where the place forwards requests; `null` = nobody is sent on. Never for
 * names of ours, never from virtual mounts, which ask themselves, and never with a credential that would go along.
 */
export async function forwarded(
  binding: Binding,
  { elsewhere }: Route,
  request: FormatRequest,
  error: unknown,
): Promise<PlainReply | null> {
  if (elsewhere === undefined || !(error instanceof Problem) || !notHere.has(error.code)) return null;
  const place = placeOf(binding.mount);
  if (place === null || takesCredentialAlong(request)) return null;
  const { format, services } = binding;
  if (!(await services.forwarding.at(format.id, place)).forwards) return null;
  const base = settingsOf(format, services)('forwarding_url');
  const target = targetOf(request, elsewhere);
  if (base === null || target === null || (await isOurs(binding, place, target))) return null;
  return { status: 302, headers: { location: `${base}/${target.path}`, 'cache-control': 'private, no-store' } };
}

function takesCredentialAlong({ headers }: FormatRequest): boolean {
  if (sentAlong.some((name) => headers[name] !== undefined)) return true;
  return (headers.authorization ?? '') !== '' && careless.test(headers['user-agent'] ?? '');
}

/** What can't be a name at all is nowhere. */
function targetOf(request: FormatRequest, elsewhere: NonNullable<Route['elsewhere']>): Elsewhere | null {
  try {
    return elsewhere(request);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function placeOf(mount: Mount): ForwardingPlace | null {
  if (mount.scope === 'project') return { lineage: mount.project.lineage, projectId: mount.project.id };
  if (mount.scope === 'group') return { lineage: mount.group.lineage, projectId: null };
  return mount.scope === 'instance' ? { lineage: '/', projectId: null } : null;
}

/** The names of a place are those of its group at the top; the view over everything has those of all. */
async function isOurs(binding: Binding, place: ForwardingPlace, target: Elsewhere): Promise<boolean> {
  if (place.lineage !== '/') return isOursBelow(binding, [rootIdOf(place.lineage)], target);
  const { database } = binding.services;
  for (let after = 0; ; ) {
    const roots = await topNamespaceIds(database, after, rootsAtOnce);
    if (await isOursBelow(binding, roots, target)) return true;
    if (roots.length < rootsAtOnce) return false;
    after = roots.at(-1) ?? after;
  }
}

async function isOursBelow(binding: Binding, rootIds: readonly number[], { name, below }: Elsewhere): Promise<boolean> {
  const { format, services } = binding;
  const names = virtualNames(rootIds);
  if ((await whyOurs(binding, names, name)) !== null) return true;
  if (format.upstream?.claims === 'namespace' && name.namespace !== null) {
    const owner = await findTopNamespace(services.database, name.namespace);
    if (owner !== undefined && rootIds.includes(owner.id)) return true;
  }
  if (below === undefined) return false;
  // Some name below it, as a rule for all of them would be written.
  if ((await whyOurs(binding, names, { ...name, key: `${below}*`, display: `${below}*` })) !== null) return true;
  if (await hasReservedBelow(binding, rootIds, below)) return true;
  return hasClaimBelow(services.database, { format: format.id, prefix: below, rootIds });
}

/** The same question as virtual registries ask, of all names of these groups and without exception. */
function virtualNames(rootIds: readonly number[]): VirtualMount {
  return { scope: 'virtual', registryId: null, name: '', members: [], rootIds, policy: readPolicy('{}') };
}
