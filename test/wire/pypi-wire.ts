import { type Distribution, uploadForm } from '../harness/python-packages.ts';
import type { TestGroup, TestProject, TestServer } from '../harness/types.ts';

/** PyPI's API of a project or group spoken to by plain HTTP: what is sent is exactly what the test says. */
export interface PypiWire {
  /** URL of the mount, no trailing slash. */
  readonly url: string;
  /** An upload as twine sends it; `change` may alter the form. */
  upload(of: Distribution, change?: (form: FormData) => void): Promise<WireAnswer>;
  send(method: string, path: string, headers?: Record<string, string>, body?: string | FormData): Promise<WireAnswer>;
  /** The project's page in JSON. */
  page(name: string): Promise<SimplePage>;
}

export interface WireAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** `message` of a JSON body; empty when there is none. */
  readonly message: string;
}

export interface SimplePage {
  readonly versions: readonly string[];
  readonly files: readonly Readonly<Record<string, unknown>>[];
}

export const jsonType = 'application/vnd.pypi.simple.v1+json';

/** `token` defaults to the administrator's; `null` = anonymous. */
export function pypiWire(
  server: TestServer,
  place: TestProject | TestGroup,
  token: string | null = server.rootToken,
): PypiWire {
  const mount = place.kind === 'group' ? `groups/${place.id}/-` : `projects/${place.id}`;
  const url = `${server.url}/api/v4/${mount}/packages/pypi`;
  const send: PypiWire['send'] = async (method, path, headers = {}, body) => {
    const response = await fetch(path.startsWith('http') ? path : `${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token === null ? {} : { authorization: basic(token) }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    const { status, statusText, headers: told } = response;
    return { status, reason: statusText, headers: told, bytes, text, message: messageOf(text) };
  };
  return {
    url,
    send,
    upload(of, change) {
      const form = uploadForm(of);
      change?.(form);
      return send('POST', '', {}, form);
    },
    async page(name) {
      const { status, text } = await send('GET', `/simple/${name}/`, { accept: jsonType });
      if (status !== 200) throw new Error(`${status} ${text}`);
      return JSON.parse(text) as SimplePage;
    },
  };
}

function basic(token: string): string {
  return `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`;
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}
