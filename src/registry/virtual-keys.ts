import { upstreamProblem } from './upstream-outcome.ts';
import { runSteps } from './upstream-steps.ts';
import type { PublicKey } from './signing-keys.ts';
import type { Binding } from './mount.ts';
import type { VirtualMount } from './virtual-mount.ts';

/**
 * Keys that signatures in the documents of a virtual mount are checked with: ours, and those of the remote members, whose
 * signatures come through as they are. Of two with one id the first counts, and ours before all. A member that can't be
 * asked fails the answer: with fewer keys, its packages would look forged.
 */
export async function virtualKeys({ services, format }: Binding, mount: VirtualMount): Promise<readonly PublicKey[]> {
  const ours = services.signing.public;
  const keys = new Map([[ours.keyId, ours]]);
  const protocol = format.upstream;
  for (const member of mount.members) {
    if (protocol?.keys === undefined || member.kind !== 'remote' || member.upstream.url === null) continue;
    const { upstream } = member;
    const site = await services.upstreams.siteOf(
      upstream,
      protocol.trustedOrigins?.(new URL(member.upstream.url)) ?? [],
    );
    const where = { site, validity: upstream.metadataCacheValidityHours * 3_600_000 };
    const outcome = await runSteps(services.upstreams.resources, where, protocol.keys());
    if (outcome.outcome === 'absent') continue;
    if (outcome.outcome !== 'found') throw upstreamProblem(outcome);
    for (const key of outcome.value.value) if (!keys.has(key.keyId)) keys.set(key.keyId, key);
  }
  return [...keys.values()];
}
