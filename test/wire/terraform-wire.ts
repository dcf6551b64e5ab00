/** Requests to Terraform's registries as tests make them. */
import type { TestProject, TestServer } from '../harness/types.ts';
import { tarball } from '../harness/tarball.ts';

/** What no part of an address may be. */
export const hostileTexts = [
  '..',
  '%2e%2e',
  'a/b',
  '\u0000',
  '\\',
  '<x>',
  'é',
  ' ',
  '-',
  '.',
  'A'.repeat(300),
  '1.0.0/..',
  '?x',
  '#',
];

export interface TerraformAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The body where it is JSON. */
  readonly json: Record<string, unknown>;
}

export type Send = (
  method: string,
  path: string,
  options?: { token?: string | null; body?: Buffer | string; headers?: Record<string, string> },
) => Promise<TerraformAnswer>;

/** Sends with the administrator's token unless told otherwise; `null` = anonymously. Redirects are not followed. */
export function terraformWire(server: TestServer): Send {
  return async (method, path, { token = server.rootToken, body, headers = {} } = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Uint8Array.from(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    const json = isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
    return { status: answer.status, headers: answer.headers, bytes, json };
  };
}

export const registry = '/api/v4/packages/terraform/modules/v1';
export const providers = '/api/v4/packages/terraform_provider';

export function modulePath({ id }: TestProject, name: string, version: string): string {
  return `/api/v4/projects/${id}/packages/terraform/modules/${name}/${version}/file`;
}

export function providerPath({ id }: TestProject, rest: string): string {
  return `/api/v4/projects/${id}/packages/terraform_provider/${rest}`;
}

/** A module that says `text`. */
export function moduleArchive(text: string): Promise<Buffer> {
  return tarball([{ name: 'main.tf', content: `output "text" {\n  value = "${text}"\n}\n` }]);
}
