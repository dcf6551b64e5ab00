import { Readable } from 'node:stream';
import type { FormatRequest, PlainReply, RegistryPort } from '../../src/formats/format.ts';
import { npm } from '../../src/formats/npm/index.ts';
import { segmentsOf } from '../../src/http/path.ts';
import { parseJson } from '../../src/http/request-body.ts';
import { RouteTable } from '../../src/http/route-match.ts';
import { Problem, problem } from '../../src/problems/problem.ts';

export const origin = 'https://registry.example';
export const base = `${origin}/api/v4/projects/1/packages/npm`;

const table = new RouteTable(npm.routes);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As the client would parse it: through JSON and back. */
  readonly body: unknown;
}

/**
 * One npm request the way the server handles it: raw path below the mount, matched, handled, errors in npm's words. A
 * `body` that is text or bytes is sent as it is, anything else as JSON.
 */
export async function call(
  registry: RegistryPort,
  method: FormatRequest['method'],
  rawPath: string,
  body?: unknown,
): Promise<Answer> {
  try {
    const { route, params, query } = find(method, rawPath);
    const reply = await route.handler(requestOf(method, params, query, textOf(body)), registry);
    if (!('status' in reply)) throw new Error('commands answer plainly');
    return answer(reply);
  } catch (error) {
    if (error instanceof Problem) return answer(npm.problem(error));
    throw error;
  }
}

/** What the matched route asks of its caller. */
export function needsOf(method: string, rawPath: string): string {
  return find(method, rawPath).route.needs;
}

function find(method: string, rawPath: string) {
  const url = new URL(rawPath, origin);
  const decoded = segmentsOf(rawPath.split('?')[0] ?? '');
  const found = table.find(method, npm.joinSegments?.(decoded) ?? decoded);
  if ('allowed' in found) throw problem(found.allowed.length > 0 ? 'method-not-allowed' : 'not-found');
  return { ...found, query: url.searchParams };
}

function requestOf(
  method: string,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: string,
): FormatRequest {
  const text = async (limit: number): Promise<string> => {
    if (Buffer.byteLength(body) > limit) throw problem('body-too-large');
    return body;
  };
  return {
    method,
    params,
    query,
    headers: {},
    base,
    origin,
    hasTrailingSlash: false,
    body: () => Readable.from([Buffer.from(body)]),
    text,
    json: async (limit) => parseJson(await text(limit)),
  };
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function answer({ status, headers = {}, body }: PlainReply): Answer {
  return { status, headers, body: body === undefined ? undefined : JSON.parse(JSON.stringify(body)) };
}
