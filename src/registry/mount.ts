import type { Caller } from '../access/caller.ts';
import type { Project } from '../catalog/projects.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import type { Format } from '../formats/format.ts';
import type { RegistryFoundation } from './foundation.ts';
import type { StagedUploads } from './staged-uploads.ts';
import type { Trace } from './trace.ts';
import type { VirtualMount } from './virtual-mount.ts';

/** Where a request came in: one project, a view over a group or over everything, or several sources as one. */
export type Mount =
  | { readonly scope: 'project'; readonly project: Project }
  | { readonly scope: 'group'; readonly group: Namespace }
  | { readonly scope: 'instance' }
  | VirtualMount;

/** One request's hold on the registry: which format asks, where, and for whom. */
export interface Binding {
  readonly services: RegistryFoundation;
  readonly format: Format;
  readonly mount: Mount;
  readonly caller: Caller;
  /** URL of the mount, no trailing slash. */
  readonly base: string;
  /** Uploads received so far; discarded when the request ends. */
  readonly staged: StagedUploads;
  /** The mount as a caller may see it who comes out later (a ticket's holder); throws what his own request would have met. */
  readonly reopen?: (caller: Caller) => Promise<Pick<Binding, 'mount' | 'caller'>>;
  /** Takes down which members of a virtual mount were asked, and what they said. */
  readonly trace?: Trace;
}
