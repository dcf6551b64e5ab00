/**
 * The seam between a package format and the registry: types only.
 *
 * A format owns the two edges of the wire and nothing between: it parses requests, calls the `RegistryPort` it is
 * handed (already bound to one mount and one caller), and renders answers. It imports this file, `registry/model.ts`,
 * `problems/problem.ts` (constructors of errors) and `lib/`, and nothing else.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type {
  Advisory,
  Name,
  PackageStanding,
  PromisedDigests,
  Publication,
  Published,
  SearchQuery,
  SearchResult,
  SourcePackage,
  StagedFile,
  Standing,
  StoredFile,
} from '../registry/model.ts';
import type { Problem } from '../problems/problem.ts';
import type { AccountsPort } from './accounts-port.ts';
import type { DocumentKind, RenderedDocument } from './document-kind.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { FormatRequest, PlainReply, Reply } from './exchange.ts';
import type { UpstreamProtocol } from './upstream-protocol.ts';

export type * from './accounts-port.ts';
export type * from './document-kind.ts';
export type * from './elsewhere.ts';
export type * from './exchange.ts';
export type * from './upstream-protocol.ts';

/**
 * Where a format is mounted. Project mounts take reads and writes; group and instance mounts are views; a virtual mount is
 * an ordered list of projects, groups and other registries.
 */
export type MountScope = 'project' | 'group' | 'instance' | 'virtual';

/**
 * What a route asks of its caller before its handler runs, or any body byte is read.
 * `caller` = any valid credential; `nothing` = anyone. On a project mount `read`, `publish` and `delete` are checked
 * against the project; on views `read` means the view may be seen, and each source is checked on its own.
 */
export type Needs = 'read' | 'publish' | 'delete' | 'caller' | 'nothing';

export type Handler = (request: FormatRequest, registry: RegistryPort) => Promise<Reply>;

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /**
   * Below the mount: `/-/ping`, `/:name/-/:file`, `/:name/:version/*`. `:x` is one segment, `*` one or more, joined by
   * `/` (it may stand once, with parts before and after it). Earlier routes win. GET answers HEAD too.
   */
  readonly path: string;
  readonly needs: Needs;
  /**
   * Where one path has several meanings that headers tell apart before the body is read: what this request needs. Its
   * handler must then refuse in the body what needs more, before it receives it.
   */
  readonly needsOf?: (headers: IncomingHttpHeaders) => Needs;
  /** Mounts that have the route; all when left out. Elsewhere 405 with `scopeHint`. */
  readonly scopes?: readonly MountScope[];
  /** What to do instead, for a mount that lacks the route. */
  readonly scopeHint?: string;
  /**
   * Clients come anonymously, with a ticket of `RegistryPort.ticket` in the query's `token`: a mount that lets nobody
   * anonymous in is opened for the holder when it is redeemed, and shows nothing before.
   */
  readonly ticketed?: boolean;
  /** An anonymous caller who may not read gets 404 where others get 401 (npm tarballs). */
  readonly hideFromAnonymous?: boolean;
  /**
   * Where else this could be answered, for GETs of formats with `forwardingSettings`: asked when the handler throws
   * `package-not-found` or `file-not-found`. `null` = nowhere.
   */
  readonly elsewhere?: (request: FormatRequest) => Elsewhere | null;
  readonly handler: Handler;
}

export interface CallerView {
  readonly kind: 'anonymous' | 'user' | 'deploy-token';
  readonly username: string | null;
  readonly userId: number | null;
}

export interface PackageName {
  readonly key: string;
  readonly display: string;
}

export interface PackageRef {
  readonly name: string;
  readonly access: 'read' | 'write';
}

/**
 * Everything a format can do. Each method checks permission and policy itself, for the mount and caller it is bound to,
 * and throws a `Problem` when the answer is no.
 */
export interface RegistryPort {
  readonly caller: CallerView;
  readonly scope: MountScope;
  readonly accounts: AccountsPort;
  /** Milliseconds since the epoch, by the registry's clock: formats have none of their own. */
  now(): number;
  /** What is set of one of the format's own settings (`Format.settings`), in its normal form, or its default. */
  setting(name: string): string | null;

  /** The document of a package as this mount shows it; `package-not-found` when no source has it. */
  document(kind: DocumentKind, name: Name): Promise<RenderedDocument>;
  /** What that document would be written from; `null` when no source has the package. */
  contents<Doc>(kind: DocumentKind<Doc>, name: Name): Promise<Doc | null>;
  /**
   * The package as this mount shows it, in the project that answers for it; `null` when no source has it.
   * With `forWrite`, the caller must be allowed to `publish` there.
   */
  package(
    name: Name,
    reads: 'manifest' | 'summary',
    options?: { readonly files?: boolean },
  ): Promise<SourcePackage | null>;
  /** Names of packages that this mount shows to the caller, by key, after `after`; each name once. */
  names(page: { readonly after?: string; readonly limit: number }): Promise<readonly PackageName[]>;

  /** Receives an upload: hashed, counted against the size limit, compared with what the client promised. */
  stage(body: Readable, options?: { promised?: PromisedDigests; expectedSize?: number }): Promise<StagedFile>;
  publish(publication: Publication): Promise<Published>;

  /**
   * The newest downloadable file of that name; `file-not-found` otherwise. Counts as a download when sent. On a virtual
   * mount a large file may still be coming, its digests empty (`StoredFile.arriving`): `whole` waits for it.
   */
  file(
    name: Name,
    select: { versionKey?: string; fileName: string; role?: string; whole?: boolean },
  ): Promise<StoredFile>;
  /** The newest downloadable file with these bytes and this name that the mount shows; `file-not-found` otherwise. */
  fileByDigest(sha256: string, fileName: string): Promise<StoredFile>;
  /** The newest file with role `symbols` and that name that the mount shows, whatever its package; `null` when there is none. */
  symbols(fileName: string): Promise<StoredFile | null>;
  /** A small stored file's bytes (attestations); at most 1 MiB. */
  read(file: StoredFile): Promise<Buffer>;

  setTag(name: Name, tag: string, versionKey: string): Promise<void>;
  /** `tag-not-found` when there is none. */
  removeTag(name: Name, tag: string): Promise<void>;
  /** Sets or clears (`standing: null`) what is said of versions, in one transaction; unknown versions are ignored. */
  setStandings(
    name: Name,
    changes: ReadonlyMap<string, { standing: Standing | null; reason: string | null }>,
  ): Promise<void>;
  /** Removes versions by key, in one transaction; `revision-conflict` when the package changed since `ifRevision`. */
  removeVersions(name: Name, versionKeys: readonly string[], options: { ifRevision?: number }): Promise<void>;
  /** Says something of the package as a whole, or takes it back (`null`). */
  setPackageStanding(name: Name, standing: PackageStanding | null, reason: string | null): Promise<void>;
  removePackage(name: Name, options: { ifRevision?: number }): Promise<void>;
  /** Replaces the list of people named as maintainers, who may publish this package; needs the right to manage members. */
  setMaintainers(name: Name, usernames: readonly string[], options: { ifRevision?: number }): Promise<void>;
  setStar(name: Name, starred: boolean): Promise<void>;
  starredBy(username: string): Promise<readonly string[]>;

  search(query: SearchQuery): Promise<SearchResult>;
  /** Of these names, the keys of those that are reserved for the project that answers for them here (NuGet's tick mark). */
  reservedHere(names: readonly Name[]): Promise<ReadonlySet<string>>;
  /** Known vulnerabilities of packages, by the keys of their names, whether or not they are here; oldest first. */
  advisories(nameKeys: readonly string[]): Promise<readonly Advisory[]>;
  /** The same of all packages of the format, in order of their names, after `after`: of at most `limit` names. */
  advisoryPage(page: { readonly after: string; readonly limit: number }): Promise<readonly Advisory[]>;
  /** Whether anything is known of packages of the format. */
  hasAdvisories(): Promise<boolean>;
  /** How often each version that this mount shows of a package was downloaded, by version key; none for those never. */
  downloads(name: Name): Promise<ReadonlyMap<string, number>>;
  /** Names of packages that the given account (or group, by path) may reach through this mount. */
  packagesOf(owner: { username: string } | { group: string }): Promise<readonly PackageRef[] | null>;
  /** `true` when anyone may read the project of this package. */
  isPublic(name: Name): Promise<boolean>;
  /** Sign text with the registry's key (ECDSA P-256, SHA-256, DER): for registry signatures. */
  sign(text: string): { keyId: string; signature: string };
  /** Public keys that `sign` has used, and those of the upstreams of a virtual registry: base64 DER SPKI. */
  signingKeys(): Promise<readonly { keyId: string; spki: string; expiresAt: number | null }[]>;
  /** The registry's OpenPGP certificate: key id as 16 upper-case hex digits, ASCII armour. */
  openPgpKey(): Promise<{ readonly keyId: string; readonly armored: string }>;
  /** A binary detached OpenPGP signature by that key (RFC 9580, version 4). */
  signOpenPgp(bytes: Buffer): Promise<Buffer>;

  /**
   * The same registry, narrowed to what lies below one top-level group, any group by its number, or a user. Unknown ones
   * and those of which the caller may see nothing are refused alike: 401 without a credential, 403 with one.
   */
  namespaceView(idOrPath: string): Promise<RegistryPort>;
  /**
   * Lets whoever holds it download one file for five minutes, as the caller could: for clients that fetch archives
   * without credentials. `file`: `null` = one of another registry, which needn't be here yet. `path` is where it will be
   * used. Answers `null` to anonymous callers, who need none.
   */
  ticket(file: StoredFile | null, path: string): string | null;
  /**
   * The file that `find` answers to the one whom the ticket was given to; `unauthenticated` when it is forged, expired, or
   * was made for another path or file.
   */
  redeemTicket(
    ticket: string,
    path: string,
    find: (registry: RegistryPort) => Promise<StoredFile>,
  ): Promise<StoredFile>;
}

/** Something of a format that the administrator sets: `PACKYARD_<ID>_<NAME>`, documented in `docs/configuration.md`. */
export interface FormatSetting {
  /** Lower case with underscores: `duplicates`. */
  readonly name: string;
  /** `null` = nothing. */
  readonly default: string | null;
  readonly meaning: string;
  /** The text in its normal form; throws what completes `PACKYARD_X …`. See `lib/setting-texts.ts`. */
  read(text: string): string;
}

/** The text of one of the format's own settings; `null` where nothing is set and there is no default. */
export type SettingReader = (name: string) => string | null;

export interface Format {
  /** In URLs and `package_type`: `npm`, `generic`. */
  readonly id: string;
  /** Largest archive in bytes unless the settings say otherwise. */
  readonly defaultMaxFileSize: number;
  /** The tag whose version stands for the package (README, search); without one the newest version does. */
  readonly primaryTag: string | null;
  /** A wrong Basic password on something public: treated as anonymous (GitLab's Generic and PyPI), or refused. */
  readonly wrongBasicPassword: 'anonymous' | 'refuse';
  /** 401 answers carry `WWW-Authenticate: Basic`: clients that ask for a password only then. */
  readonly challenge: boolean;
  /**
   * What a view answers to an anonymous caller when it holds packages of that name that he can't see, or none at all.
   * `challenge`: 401, for clients that ask without credentials first and would be content with a part. `visible` (when
   * left out): what may be seen.
   */
  readonly anonymousViews?: 'visible' | 'challenge';
  /** `true`: the unique key of a removed file stays taken in its project; it comes back only with the same bytes. */
  readonly keepsFileNames?: boolean;
  /** What may be said of a version through the management API; nothing when left out. */
  readonly standings?: readonly Standing[];
  /** What may be said of a whole package; nothing when left out. Archived ones and those in quarantine take no uploads. */
  readonly packageStandings?: readonly PackageStanding[];
  /** The ecosystem of OSV whose advisories speak of these packages: https://ossf.github.io/osv-schema/#affectedpackage-field */
  readonly advisories?: {
    readonly ecosystem: string;
    /** The key of a name as OSV writes it; `null` when it can't be one. */
    nameKey(name: string): string | null;
  };
  /** GitLab's `package_type`, where it differs from `id`. */
  readonly packageType?: string;
  /** `true`: lists of packages show it only when they are asked for its type, as GitLab does with modules. */
  readonly listedApart?: boolean;
  /** `false` for `duplicates` means that files with `ifExists: 'add'` are refused when their name is taken. */
  readonly settings?: readonly FormatSetting[];
  /** `true` for a name that only one project of a top-level group may have: others are refused with `name-taken`. */
  uniqueName?(nameKey: string, setting: SettingReader): boolean;
  readonly routes: readonly Route[];
  /** Routes below the server's root rather than a mount, such as `/.well-known/terraform.json`; literal paths only. */
  readonly siteRoutes?: readonly Route[];
  /** Joins decoded path segments that belong together, before routing (npm's `@scope/name`). */
  joinSegments?(segments: readonly string[]): readonly string[];
  /** An error in the shape that this format's clients read. */
  problem(problem: Problem): PlainReply;
  /** How it reads from other registries; without it there are no upstreams of the format. */
  readonly upstream?: UpstreamProtocol;
  /** The format's order of versions: negative when `a` is older. Used for `latest` and lists. */
  compareVersions(a: string, b: string): number;
}
