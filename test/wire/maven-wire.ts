import { createHash } from 'node:crypto';
import type { TestGroup, TestProject, TestServer } from '../harness/types.ts';

export interface MavenAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
}

/** A Maven repository, spoken to by plain HTTP. Paths are below `…/packages/maven/`. */
export interface MavenWire {
  readonly url: string;
  send(
    method: string,
    path: string,
    headers?: Record<string, string>,
    body?: string | Uint8Array,
  ): Promise<MavenAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<MavenAnswer>;
  put(path: string, body: string | Uint8Array): Promise<MavenAnswer>;
  /** As `mvn deploy` does: each file, its SHA-1, its MD5; answers every status. */
  deploy(files: Readonly<Record<string, string | Uint8Array>>): Promise<number[]>;
}

/** `token` defaults to the administrator's; `null` = anonymous. */
export function mavenWire(
  server: TestServer,
  place: TestProject | TestGroup | 'instance',
  token: string | null = server.rootToken,
): MavenWire {
  return mavenWireAt(`${server.url}/api/v4${mountOf(place)}`, token);
}

/** The same by its URL, without a slash at its end. */
export function mavenWireAt(url: string, token: string | null): MavenWire {
  const send: MavenWire['send'] = async (method, path, headers = {}, body) => {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: { ...(token === null ? {} : { 'private-token': token }), ...headers },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const { status, statusText: reason } = response;
    return { status, reason, headers: response.headers, bytes, text: bytes.toString() };
  };
  const put: MavenWire['put'] = (path, body) => send('PUT', path, {}, body);
  return {
    url,
    send,
    put,
    get: (path, headers) => send('GET', path, headers),
    async deploy(files) {
      const statuses: number[] = [];
      for (const [path, body] of Object.entries(files)) {
        statuses.push((await put(path, body)).status);
        for (const algorithm of ['sha1', 'md5'] as const) {
          statuses.push((await put(`${path}.${algorithm}`, digest(algorithm, body))).status);
        }
      }
      return statuses;
    },
  };
}

function mountOf(place: TestProject | TestGroup | 'instance'): string {
  if (place === 'instance') return '/packages/maven';
  return place.kind === 'group' ? `/groups/${place.id}/-/packages/maven` : `/projects/${place.id}/packages/maven`;
}

export function digest(algorithm: string, body: string | Uint8Array): string {
  return createHash(algorithm).update(body).digest('hex');
}

/** A POM as short as it may be. */
export function pomOf(groupId: string, artifactId: string, version: string, more = ''): string {
  return `<?xml version="1.0"?><project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>${more}</project>`;
}

/** Texts of all elements of a name, in order. */
export function texts(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text]) => text ?? '');
}
