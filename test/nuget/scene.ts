/** A server with NuGet projects, and what clients say to it. */
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestServerOptions } from '../harness/types.ts';
import { nupkg, type NupkgParts, pushForm } from './nupkg.ts';

export interface Said {
  readonly status: number;
  /** The reason phrase, which is all that NuGet's clients show. */
  readonly reason: string;
  readonly headers: Headers;
  readonly text: string;
}

export interface NuGetScene {
  readonly server: TestServer;
  readonly project: TestProject;
  /** The project's mount. */
  readonly base: string;
  /** `path` below the mount, or a whole URL; `as`: a token, `null` = nobody. */
  ask(path: string, init?: RequestInit, as?: string | null): Promise<Said>;
  json<T = Record<string, unknown>>(path: string, as?: string | null): Promise<T>;
  /** Pushes and answers what was said. */
  push(file: Buffer, as?: string | null): Promise<Said>;
  /** Pushes packages that must be taken. */
  publish(...list: readonly NupkgParts[]): Promise<void>;
}

export async function nugetScene(
  options: TestServerOptions = {},
  visibility: 'public' | 'private' = 'public',
): Promise<NuGetScene> {
  const server = await startServer(options);
  await server.createGroup('acme', 'public');
  const project = await server.createProject('acme/app', visibility);
  return sceneIn(server, project);
}

export function sceneIn(server: TestServer, project: TestProject): NuGetScene {
  const base = mountOf(server, `projects/${project.id}`);
  const ask: NuGetScene['ask'] = async (path, init = {}, as = server.rootToken) => {
    const response = await fetch(path.startsWith('http') ? path : base + path, {
      ...init,
      headers: { ...(as === null ? {} : { 'x-nuget-apikey': as }), ...(init.headers as Record<string, string>) },
    });
    const { status, statusText, headers } = response;
    return { status, reason: statusText, headers, text: await response.text() };
  };
  const push: NuGetScene['push'] = (file, as) => ask('/', { method: 'PUT', ...pushForm(file) }, as);
  return {
    server,
    project,
    base,
    ask,
    push,
    json: async (path, as) => JSON.parse((await ask(path, {}, as)).text) as never,
    async publish(...list) {
      for (const parts of list) {
        const { status, text } = await push(nupkg(parts));
        if (status !== 201) throw new Error(`${parts.id} ${parts.version}: ${status} ${text}`);
      }
    },
  };
}

export function mountOf(server: TestServer, place: string): string {
  return `${server.url}/api/v4/${place}${place.startsWith('groups') ? '/-' : ''}/packages/nuget`;
}
