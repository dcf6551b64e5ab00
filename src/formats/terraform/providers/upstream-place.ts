import type { Name } from '../../../registry/model.ts';
import { ask, type UpstreamSteps } from '../../upstream-protocol.ts';
import { addressOf, isHost } from '../upstream-address.ts';
import { readVersions } from './versions-parse.ts';

/** Where an upstream has a provider: below its registry service or its network mirror. No slash at the end. */
export interface Place {
  readonly kind: 'registry' | 'mirror';
  readonly url: string;
}

const accept = 'application/json';

/**
 * The place of a provider. A registry speaks for its own host alone, a network mirror for any that it names; by the address
 * of a service nobody can tell which it is. `null` = the upstream can't have it.
 */
export function* placeOf(name: Name, base: URL): UpstreamSteps<Place | null> {
  const parts = name.key.split('/');
  const host = parts.length === 3 ? parts[0] : null;
  const provider = parts.slice(-2).map(encodeURIComponent).join('/');
  const mirror: Place | null =
    host === null ? null : { kind: 'mirror', url: `${base.href.replace(/\/*$/, '')}/${host}/${provider}` };
  const isTheirs = host === null || host === base.host || host === base.hostname;
  const service = yield* addressOf('providers.v1', base);
  // A host that says nothing of services may be a mirror all the same.
  if (service === null) return mirror;
  const registry: Place = { kind: 'registry', url: `${service}${provider}` };
  if (isHost(base)) return isTheirs ? registry : null;
  if (mirror === null) return registry;
  return isTheirs && (yield* ask({ path: versionsUrl(registry), accept, read: readVersions })) !== null
    ? registry
    : mirror;
}

export function versionsUrl({ url }: Place): string {
  return `${url}/versions`;
}
