/** What the NuGet clients' tests have in common: where things are, and packages put there without a client. */
import { expect } from 'vitest';
import type { TestServerOptions, TestUser } from '../harness/types.ts';
import { nupkg, type NupkgParts, pushForm } from '../nuget/nupkg.ts';
import { type Scene, scene } from './scene.ts';

export interface NuGetScene extends Scene {
  /** Base of a mount: `…/packages/nuget`, without trailing slash. */
  readonly nuget: Readonly<Record<'open' | 'secret' | 'other' | 'acme', string>>;
  /** Pushes packages as a client would. */
  push(base: string, packages: readonly NupkgParts[], by?: TestUser): Promise<void>;
  /** Status and text of a request with somebody's token. */
  ask(method: string, url: string, by?: TestUser): Promise<readonly [status: number, text: string]>;
}

export async function nugetScene(options: TestServerOptions = {}): Promise<NuGetScene> {
  const at = await scene(options);
  const project = (id: number): string => `${at.server.url}/api/v4/projects/${id}/packages/nuget`;
  return {
    ...at,
    nuget: {
      open: project(at.open.id),
      secret: project(at.secret.id),
      other: project(at.other.id),
      acme: `${at.server.url}/api/v4/groups/${at.acme.id}/-/packages/nuget`,
    },
    async push(base, packages, by = at.developer) {
      for (const parts of packages) {
        const { headers, body } = pushForm(nupkg(parts));
        const init = { method: 'PUT', headers: { ...headers, 'x-nuget-apikey': by.token }, body };
        const answer = await fetch(`${base}/`, init);
        expect([answer.status, await answer.text()]).toEqual([201, '{"message":"201 Created"}']);
      }
    },
    async ask(method, url, by = at.maintainer) {
      const answer = await fetch(url, { method, headers: { 'x-nuget-apikey': by.token, 'private-token': by.token } });
      return [answer.status, await answer.text()];
    },
  };
}

/** Lines of a client's output that name packages, `Acme.Tea 1.0.0`, in its order. */
export function listedIn(output: string): string[] {
  const plain = output.replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]/g, '');
  return plain
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^[\w.-]+ \d+(?:\.\d+)+\S*$/.test(line));
}
