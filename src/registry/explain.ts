import type { Caller } from '../access/caller.ts';
import { findRegistry } from '../catalog/virtual-registries.ts';
import { upstreamsOf } from '../catalog/upstreams.ts';
import type { DocumentKind, Format } from '../formats/format.ts';
import { Problem, problem } from '../problems/problem.ts';
import type { RegistryFoundation } from './foundation.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { StagedUploads } from './staged-uploads.ts';
import { Trace, type TraceStep } from './trace.ts';
import { virtualContents } from './virtual-document.ts';
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
  readonly versions: readonly { readonly version: string; readonly publishedAt: number | null }[] | null;
  readonly error: { readonly code: string; readonly reason: string } | null;
}

/** Explanations for the management API: the pipeline's own steps, taken for their trace. */
export class Explanations {
  readonly #services: RegistryFoundation;

  constructor(services: RegistryFoundation) {
    this.#services = services;
  }

  /** What was noted for an answer of that registry; `null` = nothing, or no more. */
  traced(registryId: number, traceId: string): readonly TraceStep[] | null {
    return this.#services.traces.find(traceId, registryId);
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
    const services = this.#services;
    const binding: Binding = { services, format, mount, caller, base: '', staged: new StagedUploads(), trace };
    const { name, kind } = about;
    const ours = await oursOn(binding, mount, name);
    const claimed = ours === null ? null : await tellOurs(binding, ours);
    if (kind === null) return { ...facts(name, claimed), steps: [], versions: null, error: null };
    try {
      const doc = await virtualContents(binding, mount, kind, name);
      return { ...facts(name, claimed), steps: trace.steps, versions: versionsOf(kind, doc), error: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { code, reason } = error;
      return { ...facts(name, claimed), steps: trace.steps, versions: null, error: { code, reason } };
    }
  }
}

function asWritten(raw: string): Name {
  return { key: raw, display: raw, namespace: null };
}

function versionsOf(kind: DocumentKind, doc: unknown): Explanation['versions'] {
  return doc === null ? null : [...kind.versions(doc)];
}

function facts(name: Name, claimed: string | null): Pick<Explanation, 'name' | 'claimed'> {
  return { name: name.display, claimed };
}
