import { type NpmPackage, publishDocument, type PublishLies } from '../harness/packages.ts';

/** An npm registry spoken to without a client: what is sent is exactly what the test says. */
export interface NpmWire {
  put(of: NpmPackage, lies?: PublishLies): Promise<WireAnswer>;
  send(method: string, path: string, body?: string | Buffer, headers?: Record<string, string>): Promise<WireAnswer>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Parsed JSON, or `null` when it is none. */
  readonly json: Record<string, unknown> | null;
}

/** `registry` ends with a slash. `token` null = anonymous. */
export function npmWire(registry: string, token: string | null): NpmWire {
  const send: NpmWire['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${registry}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, json: parsed(bytes) };
  };
  return {
    send,
    put: (of, lies) => send('PUT', encodeURIComponent(of.manifest.name), JSON.stringify(publishDocument(of, lies))),
  };
}

function parsed(bytes: Buffer): Record<string, unknown> | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}
