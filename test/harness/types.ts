/** What a test may ask of a server under test. `server.ts` starts one in process; `management.ts` speaks GitLab's REST API. */

export type Visibility = 'private' | 'internal' | 'public';
export type Level = 'guest' | 'reporter' | 'developer' | 'maintainer' | 'owner';

export interface TestUser {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  /** Personal access token with scope `api`. */
  readonly token: string;
}

export interface TestGroup {
  readonly kind: 'group';
  readonly id: number;
  readonly fullPath: string;
  /** npm registry URL of the group's view, with the trailing slash that clients want. */
  readonly npm: string;
}

export interface TestProject {
  readonly kind: 'project';
  readonly id: number;
  readonly fullPath: string;
  /** npm registry URL, with the trailing slash that clients want. */
  readonly npm: string;
  /** Base of Generic URLs, without a trailing slash. */
  readonly generic: string;
}

/** Which token to make, and for whom. `expiresAt` is a date, `2030-01-31`. */
export type TokenOrder =
  | {
      readonly kind: 'personal';
      readonly user: TestUser;
      readonly scopes: readonly string[];
      readonly expiresAt?: string;
    }
  | {
      readonly kind: 'access';
      readonly of: TestProject | TestGroup;
      readonly level: Level;
      readonly scopes: readonly string[];
      readonly expiresAt?: string;
    }
  | {
      readonly kind: 'deploy';
      readonly of: TestProject | TestGroup;
      readonly scopes: readonly string[];
      readonly username?: string;
      readonly expiresAt?: string;
    };

export interface TestToken {
  readonly id: number;
  readonly token: string;
  /** User name that goes with it in Basic authentication; `null` where the API names none. */
  readonly username: string | null;
  revoke(): Promise<void>;
}

/** Accounts, places and tokens, made through the management API as the administrator. */
export interface Management {
  /** Any call of the REST API below `/api/v4`; rejects on a status of 400 and more, with method, path and body. */
  readonly api: <T = unknown>(method: string, path: string, body?: unknown, token?: string) => Promise<T>;
  createUser(username: string): Promise<TestUser>;
  /** `path` may be nested, `a/b`: parents are looked up, not made. */
  createGroup(path: string, visibility?: Visibility): Promise<TestGroup>;
  createProject(fullPath: string, visibility?: Visibility): Promise<TestProject>;
  addMember(of: TestProject | TestGroup, user: TestUser, level: Level): Promise<void>;
  createToken(order: TokenOrder): Promise<TestToken>;
}

export interface TestServerOptions {
  /** Settings laid over the test's own, by name: `{ PACKYARD_EXTERNAL_URL: 'https://…' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The clock, milliseconds since the epoch; the machine's when left out. */
  readonly now?: () => number;
  /** A data folder to open; without it a fresh one, removed by `stop`. */
  readonly data?: string;
}

/** Something that happened, as the audit log has it: `package.publish`, `npm:left-pad@1.0.0`. */
export interface TestEvent {
  readonly kind: string;
  readonly subject: string;
}

export interface TestServer extends Management {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string;
  readonly rootToken: string;
  readonly rootPassword: string;
  /** Data folder: database, blobs and staging. */
  readonly data: string;
  /** SHA-256 of every blob in the store, in order. */
  storedBlobs(): Promise<readonly string[]>;
  /** Everything recorded since the start, in order. */
  events(): Promise<readonly TestEvent[]>;
  stop(): Promise<void>;
}
