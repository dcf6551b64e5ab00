import type { Caller } from '../access/caller.ts';
import { findRegistry } from '../catalog/virtual-registries.ts';
import { upstreamsOf } from '../catalog/upstreams.ts';
import type { DocumentKind, Format } from '../formats/format.ts';
import { Problem, problem } from '../problems/problem.ts';
import type { RegistryFoundation } from './foundation.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { StagedUploads } from './staged-uploads.ts';
import type { KeptTrace } from './kept-traces.ts';
import { Trace, type TraceStep } from './trace.ts';
import { merged, type VirtualSource, virtualSources } from './virtual-document.ts';
import { oursOn } from './virtual-local.ts';
import { virtualMount } from './virtual-mount.ts';
import { tellOurs } from './whose-name.ts';

/** Why a virtual registry answers for a package as it does, to one caller, now. */
export interface Explanation {
  readonly name: string;
  /** Why other registries are not asked for the name; `null` = they are. */
  readonly claimed: string | null;
  readonly steps: readonly TraceStep[];
  /** What a client is shown; `null` where there is nothing, or an error. */
  readonly versions: readonly ShownVersion[] | null;
  readonly error: { readonly code: string; readonly reason: string } | null;
}

export interface ShownVersion {
  readonly version: string;
  readonly publishedAt: number | null;
  /** Of upstreams, where they were asked for it. */
  readonly license: string | null;
  /** The first member that has it: the one that gives it. */
  readonly member: string | null;
}

/** Explanations for the management API: the pipeline's own steps, taken for their trace. */
export class Explanations {
  readonly #services: RegistryFoundation;

  constructor(services: RegistryFoundation) {
    this.#services = services;
  }

  /** What was noted for an answer, by whichever process; `null` = nothing, or no more. */
  traced(traceId: string): Promise<KeptTrace | null> {
    return this.#services.traces.find(traceId);
  }

  /** Writes down what this process saw hidden until now: for who lists it. */
  writeHidden(): Promise<void> {
    return this.#services.hiddenLog.flush({ all: true });
  }

  /** Of a registry that the caller may read; `package` as people write it. */
  async explain(registryId: number, format: Format, raw: string, caller: Caller): Promise<Explanation> {
    const registry = await findRegistry(this.#services.database, registryId);
    if (registry === undefined) throw problem('not-found');
    const about = format.upstream?.explains?.(raw) ?? { name: asWritten(raw), kind: null };
    const upstreams = await upstreamsOf(this.#services.database, registry.id);
    const { name: label, namespaceId, policy } = registry;
    const mount = await virtualMount(this.#services.database, {
      registryId,
      name: label,
      rootId: namespaceId,
      upstreams,
      policy,
    });
    const trace = new Trace();
    // Only what clients met is listed.
    const services = { ...this.#services, hiddenLog: { note: () => undefined, flush: async () => undefined } };
    const binding: Binding = { services, format, mount, caller, base: '', staged: new StagedUploads(), trace };
    const { name, kind } = about;
    const ours = await oursOn(binding, mount, name);
    const claimed = ours === null ? null : await tellOurs(binding, ours);
    if (kind === null) return { ...facts(name, claimed), steps: [], versions: null, error: null };
    try {
      const versions = await shown(kind, await virtualSources(binding, mount, kind, name));
      return { ...facts(name, claimed), steps: trace.steps, versions, error: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { code, reason } = error;
      trace.arrange(mount.members);
      if (code === 'package-not-found')
        return { ...facts(name, claimed), steps: trace.steps, versions: null, error: null };
      return { ...facts(name, claimed), steps: trace.steps, versions: null, error: { code, reason } };
    }
  }
}

function asWritten(raw: string): Name {
  return { key: raw, display: raw, namespace: null };
}

async function shown(kind: DocumentKind, sources: readonly VirtualSource<unknown>[]): Promise<readonly ShownVersion[]> {
  const from = new Map<string, string>();
  for (const { member, contents } of sources) {
    for (const { version } of kind.versions(await contents())) if (!from.has(version)) from.set(version, member);
  }
  return kind.versions(await merged(kind, sources)).map(({ version, publishedAt, license = null }) => {
    return { version, publishedAt, license, member: from.get(version) ?? null };
  });
}

function facts(name: Name, claimed: string | null): Pick<Explanation, 'name' | 'claimed'> {
  return { name: name.display, claimed };
}
