import type { TestProject, TestServer } from '../harness/types.ts';

type Body = string | Uint8Array | FormData | ReadableStream<Uint8Array>;

/** A project's Generic registry, spoken to by plain HTTP. Paths are below `…/packages/generic`. */
export interface GenericWire {
  put(path: string, body: Body, headers?: Record<string, string>): Promise<WireAnswer>;
  send(method: string, path: string, headers?: Record<string, string>, body?: Body): Promise<WireAnswer>;
  /** What a download gives, as text; `null` unless it answers 200. */
  text(path: string): Promise<string | null>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** `token` defaults to the administrator's; `null` = anonymous. */
export function genericWire(
  server: TestServer,
  project: TestProject,
  token: string | null = server.rootToken,
): GenericWire {
  const send: GenericWire['send'] = async (method, path, headers = {}, body) => {
    const response = await fetch(`${project.generic}${path}`, {
      method,
      headers: { ...(token === null ? {} : { 'private-token': token }), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return {
    send,
    put: (path, body, headers) => send('PUT', path, headers, body),
    text: async (path) => {
      const { status, body } = await send('GET', path);
      return status === 200 ? body : null;
    },
  };
}
