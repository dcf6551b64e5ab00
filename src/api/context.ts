import type { Authenticator } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import type { Database } from '../database/database.ts';

/** Removal as the pipeline does it: permission of the caller, audit, revision and outbox in one transaction. */
export interface PackageRemoval {
  /** Removes one version (GitLab's "package"); `package-not-found` when there is none. */
  remove(versionId: number, caller: Caller): Promise<void>;
  /** Removes one file; `file-not-found` when there is none. */
  removeFile(fileId: number, caller: Caller): Promise<void>;
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
  readonly packages: PackageRemoval;
  /** Checks the old password of those who change it. */
  readonly authenticator: Authenticator;
  readonly log: ApiLog;
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
