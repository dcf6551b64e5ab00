import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';

export interface TranscriptScene {
  readonly server: TestServer;
  /** Path of project 1's Generic registry. */
  readonly generic: string;
  /** Path below which project 1's registries are. */
  readonly packages: string;
  /** Placeholder → token. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** Where transcripts are recorded and replayed: a fresh server, its first project, its administrator; `clock` stands still. */
export async function transcriptScene({ clock }: { readonly clock?: number } = {}): Promise<TranscriptScene> {
  const server = await startServer(clock === undefined ? {} : { now: () => clock });
  return {
    server,
    generic: '/api/v4/projects/1/packages/generic',
    packages: '/api/v4/projects/1/packages',
    tokens: new Map([['root token', server.rootToken]]),
  };
}
