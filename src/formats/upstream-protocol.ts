/**
 * What a format says of registries that it can read from: pure types, and one function to ask with. The engine
 * (`src/upstream/`, `src/registry/virtual-*.ts`) owns requests, caches, digests, policy, merging and streaming; see
 * `docs/decisions/0017-upstreams.md`.
 */
import type { Name, PromisedDigests } from '../registry/model.ts';
import type { DocumentKind } from './document-kind.ts';

/**
 * One GET that the engine makes for a format: guarded, timed out, bounded, tried again, cached with its validators, and
 * answered from the cache while it is fresh or while the upstream is down.
 */
export interface UpstreamRequest<T = unknown> {
  /**
   * Below the upstream's base URL (beside it where that is a document, `….json`), without a slash in front and encoded as
   * it goes out: `@scope%2fname`. Or a whole URL that an earlier answer named: it must lie at the upstream's origin or
   * one of those that it trusts.
   */
  readonly path: string;
  /** `Accept`; anything when left out. */
  readonly accept?: string;
  /**
   * Reads the answer; a throw means that the upstream answered nonsense: nothing of it is kept. Pure, and one function
   * object for all requests of its kind: what it returned for a text is remembered under the two.
   */
  readonly read: (text: string, answer: UpstreamAnswerHead) => T;
  /**
   * The package that the path names, where the client named none (`FileWanted.name` is `null`): one of ours is not asked for,
   * as if the upstream didn't have it.
   */
  readonly about?: Name;
  /**
   * Milliseconds that an answer is good for, where it isn't as long as the upstream's other documents: little where it
   * names addresses that end, much where it never changes.
   */
  readonly goodFor?: number;
  /**
   * One of many that an answer can do without (dates, a document a version): only so many are made at a time, beyond what is
   * here already. The others give `null` until they are asked for again.
   */
  readonly spare?: boolean;
  /** Requests with the same `read` of which an answer that the cache has will do as well. */
  readonly alternatives?: readonly { readonly path: string; readonly accept?: string }[];
}

export interface UpstreamAnswerHead {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly mediaType: string;
  /** Headers that formats may need: `x-terraform-get`, `link`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Yields requests; each `yield` gives what `read` made of the answer, or `null` where the upstream has nothing (404). */
export type UpstreamSteps<T> = Generator<UpstreamRequest, T, unknown>;

/** `const page = yield* ask({ path, accept, read })`: one request, with the type of what it gives. */
export function* ask<T>(request: UpstreamRequest<T>): UpstreamSteps<T | null> {
  return (yield request) as T | null;
}

export interface DocumentWanted<Doc = unknown> {
  readonly kind: DocumentKind<Doc>;
  readonly name: Name;
  /** A policy asks when each version was published: the form that says so, be it larger. */
  readonly dates: boolean;
  /** Rules ask for the license of each version: the form that says so. */
  readonly licenses?: boolean;
}

/** A file as a client asked for it: what the handler gave to `RegistryPort.file` or `fileByDigest`. */
export interface FileWanted {
  /** `null` with `fileByDigest`: the format reads it from the file's name. */
  readonly name: Name | null;
  readonly versionKey: string | null;
  readonly fileName: string;
  readonly role: string | null;
  readonly sha256: string | null;
  readonly dates: boolean;
  readonly licenses?: boolean;
}

/** Where a file lies upstream, and what it must be. */
export interface UpstreamFile {
  /** As in `UpstreamRequest.path`. */
  readonly path: string;
  /** The package and version that policy judges. */
  readonly name: Name;
  readonly version: string | null;
  /** Milliseconds since the epoch; `null` = the upstream doesn't say. */
  readonly publishedAt: number | null;
  /** An expression of SPDX, or what the package says instead; `null` or left out = unknown. */
  readonly license?: string | null;
  /** As the upstream's document promises them, in hex; a file with others is cut off and not kept. */
  readonly digests: PromisedDigests;
  /** A further request that gives digests, made while the file is on its way (Maven's `.sha1`); `null` = it has none. */
  readonly digestsAt?: UpstreamRequest<PromisedDigests>;
  /** What the file begins with; anything else (a login page with status 200) is refused. `digests`: lines of `<hex>  <name>`. */
  readonly looksLike?: 'gzip' | 'zip' | 'xml' | 'json' | 'digests' | 'openpgp';
  /**
   * `true`: the same name may have other bytes one day (SNAPSHOT, a tree of plain files): it is looked at again when it is
   * old. Others are pinned for ever to the bytes that came first.
   */
  readonly mutable?: boolean;
}

/** A file that is there and can't come through: what it is, and why, as a sentence for people. */
export interface NotRelayed {
  readonly notRelayed: string;
}

/** How a format reads from other registries. */
export interface UpstreamProtocol {
  /**
   * What a package of ours takes away from upstreams: its `name`, or also everything else of its `namespace` (npm scopes,
   * which have one owner; not Maven groupIds, of which people publish patched copies).
   */
  readonly claims: 'name' | 'namespace';
  /** A name, or a glob for names, in the spelling of `Name.key`: for rules, where names have several spellings. */
  readonly spelling?: (pattern: string) => string;
  /** `true`: a name that differs from one of ours in capitals, `-`, `_` and `.` alone is as much ours. */
  readonly looksAlike?: boolean;
  /** The package that a path read as this name may lie in: it is as much ours as that one. `null` = in none. */
  readonly within?: (name: Name) => Name | null;
  /**
   * For addresses that begin with a namespace, which here is the path of a group: that path, and what its package is called
   * below it. Everything that begins so is ours, where the group is one whose names are. `null` = an address of another kind.
   */
  readonly inGroup?: (name: Name) => { readonly group: string; readonly nameKey: string } | null;
  /** The header that clients print with an answer, for what a policy warns of; `Warning` goes out in any case. */
  readonly noticeHeader?: string;
  /**
   * `true`: registries of the format answer 403 for names that aren't theirs, which would fail the answers of others. One
   * whose rules allow other names alone isn't asked.
   */
  readonly refusesForeign?: boolean;
  /** Further origins that files of this upstream come from: `https://files.pythonhosted.org`. */
  trustedOrigins?(base: URL): readonly string[];
  /**
   * What a person means by a name, and the document that lists its versions (`null` where the format has none): for
   * explanations, which without it tell only whose the name is. Throws as a route would.
   */
  explains?(name: string): { readonly name: Name; readonly kind: DocumentKind | null };
  /** The documents that list the versions of a name, where there are several that clients make us ask for. */
  readonly documents?: readonly DocumentKind[];
  /**
   * Names there that begin so (`@acme/`, `acme.`), as far as its search tells; `null` = it can't be asked. Only asked for
   * those who want to know what others have under beginnings of theirs.
   */
  namesBelow?(beginning: string): UpstreamSteps<readonly string[] | null>;
  /** Public keys (base64 DER SPKI) that signatures in its documents are checked with; none where it doesn't sign. */
  keys?(): UpstreamSteps<readonly { keyId: string; spki: string; expiresAt: number | null }[]>;
  /** The document of a package there, `null` = it has none. `base`: the upstream's URL. */
  document(wanted: DocumentWanted, base: URL): UpstreamSteps<unknown>;
  /** The file there, `null` = it has none. */
  file(wanted: FileWanted, base: URL): UpstreamSteps<UpstreamFile | NotRelayed | null>;
}

/** Steps that know the answer without a request. */
export function* known<T>(value: T): UpstreamSteps<T> {
  yield* [] as UpstreamRequest[];
  return value;
}
