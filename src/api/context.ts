import type { Authenticator } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import type { UpstreamEngine } from '../upstream/engine.ts';
import type { NewlyOurs } from '../registry/known-twins.ts';
import type { Explanations } from '../registry/explain.ts';
import type { Format } from '../formats/format.ts';
import type { ForwardingSettings } from '../policy/forwarding.ts';
import type { PackageStanding, Standing } from '../catalog/version-shape.ts';
import type { Database } from '../database/database.ts';

/** Changes as the pipeline makes them: permission of the caller, audit and revision in one transaction. */
export interface PackageChanges {
  /** Removes one version (GitLab's "package"); `package-not-found` when there is none. */
  remove(versionId: number, caller: Caller): Promise<void>;
  /** Removes one file; `file-not-found` when there is none. */
  removeFile(fileId: number, caller: Caller): Promise<void>;
  /** Says something of one version, or takes it back; `invalid-parameter` when its format has no such word. */
  setStanding(versionId: number, change: StandingChange<Standing>, caller: Caller): Promise<void>;
  /** The same of the whole package that a version belongs to. */
  setPackageStanding(versionId: number, change: StandingChange<PackageStanding>, caller: Caller): Promise<void>;
}

export interface StandingChange<Word> {
  /** `null` = nothing is said any more. */
  readonly standing: Word | null;
  readonly reason: string | null;
}

export interface ApiLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** What the API stands on, the same for every request. `compose.ts` makes it. */
export interface ApiServices {
  readonly database: Database;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly packages: PackageChanges;
  /** Checks the old password of those who change it. */
  readonly authenticator: Authenticator;
  readonly log: ApiLog;
  readonly upstreams: UpstreamEngine;
  readonly explanations: Explanations;
  /** Raises the alarm for names that are a group's now and that the cache of one of its upstreams knows. */
  readonly lookForTwins: (ours: NewlyOurs) => Promise<void>;
  readonly forwarding: ForwardingSettings;
  readonly formats: readonly Format[];
  /** GitLab's `package_type` by format id, for formats where the two differ. */
  readonly packageTypes: ReadonlyMap<string, string>;
  /** Packyard's own version. */
  readonly version: string;
}

/** What one request's handler is handed. */
export interface ApiContext extends ApiServices {
  readonly caller: Caller;
  /** Origin with any path prefix of the whole server, no trailing slash: `https://packages.example.org`. */
  readonly origin: string;
}
