/** Several servers, each a process with a port of its own, on one storage: what stands on several machines elsewhere. */
import { management } from '../harness/management.ts';
import type { Management } from '../harness/types.ts';
import { type Program, rootToken, startProgram } from './program.ts';
import { sharedStorage, type SharedStorage } from './storage.ts';

export interface FleetServer {
  readonly url: string;
  readonly program: Program;
}

export interface Fleet extends Management {
  readonly storage: SharedStorage;
  readonly rootToken: string;
  /** Those that run now, by their place. */
  server(index: number): FleetServer;
  /** Starts the server of a place again, on its old port, after it ended. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startFleet(count: number, env: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const storage = await sharedStorage();
  const settings = { ...storage.env, ...env };
  const servers: FleetServer[] = [];
  const programs: Program[] = [];
  try {
    // All at once: also the first start is one that several processes may be at.
    for (let place = 0; place < count; place++) programs.push(startProgram(await storage.dataOf(place), settings));
    for (const program of programs) servers.push({ program, url: await program.ready() });
  } catch (error) {
    for (const program of programs) await program.kill();
    await storage.remove();
    throw error;
  }
  const server = (index: number): FleetServer => {
    const found = servers[index];
    if (found === undefined) throw new Error(`There is no server ${index}.`);
    return found;
  };
  return {
    ...management(server(0).url, rootToken),
    storage,
    rootToken,
    server,
    async restart(index) {
      const { url } = server(index);
      const program = startProgram(await storage.dataOf(index), { ...settings, PACKYARD_PORT: new URL(url).port });
      servers[index] = { program, url: await program.ready() };
    },
    async stop() {
      for (const { program } of servers) await program.kill();
      await storage.remove();
    },
  };
}
