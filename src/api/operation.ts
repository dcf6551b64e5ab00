/**
 * The management API as data: each operation says where it is, what it takes, what it answers and what it needs. The
 * HTTP layer mounts them, the OpenAPI document is printed from them, and nothing here knows the web framework.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Static, TObject, TSchema } from 'typebox';
import type { TokenScope } from '../access/caller.ts';
import type { StoredFile } from '../registry/model.ts';
import type { ApiContext } from './context.ts';

/** What a request brought, checked against the operation's schemas and coerced to their types. */
export interface ApiInput<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Lower-cased names. */
  readonly headers: IncomingHttpHeaders;
  /** Path and query as asked, for `Link` headers: `/api/v4/projects?page=2`. */
  readonly url: string;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; left out = no body. */
  readonly body?: unknown;
}

/** Sent with ETag, 304, 412, Range, HEAD and checksum headers by the HTTP layer, and counted as a download. */
export interface FileAnswer {
  readonly file: StoredFile;
  readonly mediaType: string;
  readonly downloadName: string;
}

export type ApiAnswer = PlainAnswer | FileAnswer;

/** What is documented of one status; not used to serialise, so an answer may hold more than it says. */
export interface ResponseDescription {
  readonly description: string;
  readonly schema?: TSchema;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface OperationFacts {
  /** Unique; `operationId` of the OpenAPI document. */
  readonly id: string;
  readonly method: ApiMethod;
  /** Below `/api/v4`: `/projects/:id/packages/:package_id`. GET answers HEAD too. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Heading it stands under in the docs. */
  readonly tag: string;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** `caller` = any valid credential, else 401; `nothing` = anonymous callers reach the handler too. */
  readonly needs: 'nothing' | 'caller';
  /**
   * Token scopes of which one is enough. Left out: `api` or `read_api` for GET, `api` for the rest. Scopes say what
   * the token may be used for; what the account may do is decided by the handler.
   */
  readonly scopes?: readonly TokenScope[];
}

/** An operation as the HTTP layer and the documents see it. Schemas left out mean: nothing is read. */
export interface Operation extends OperationFacts {
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TObject;
  /** Call it through `answer` in `answer.ts`, which asks for credential and scope first. */
  readonly handler: (context: ApiContext, input: ApiInput) => Promise<ApiAnswer>;
}

interface TypedOperation<P extends TObject, Q extends TObject, B extends TObject> extends OperationFacts {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handler: (context: ApiContext, input: ApiInput<Static<P>, Static<Q>, Static<B>>) => Promise<ApiAnswer>;
}

/** Declares an operation whose handler sees the types of its schemas. */
export function operation<P extends TObject, Q extends TObject, B extends TObject>(
  declared: TypedOperation<P, Q, B>,
): Operation {
  return declared as unknown as Operation;
}
