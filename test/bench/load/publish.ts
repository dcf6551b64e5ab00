import type { BenchVersion } from '../packages.ts';
import type { Registry } from '../peers/peer.ts';
import { ask, keepAlive } from './ask.ts';

export interface Publishes {
  /** Milliseconds of each, in order of their ends. */
  readonly durations: readonly number[];
  /** Of all together. */
  readonly seconds: number;
}

/** Publishes as so many clients, each one after the other; rejects unless each is answered 201. */
export async function publishAll(
  registry: Registry,
  versions: readonly BenchVersion[],
  clients = 1,
): Promise<Publishes> {
  const agent = keepAlive(clients);
  const left = versions.values();
  const durations: number[] = [];
  const client = async (): Promise<void> => {
    for (const version of left) durations.push(await publish(registry, version, agent));
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - began) / 1_000;
  agent.destroy();
  return { durations, seconds };
}

async function publish(
  registry: Registry,
  { name, version, body: sent }: BenchVersion,
  agent: ReturnType<typeof keepAlive>,
): Promise<number> {
  const headers = { authorization: registry.authorization, 'content-type': 'application/json' };
  const began = performance.now();
  const { status, body } = await ask(registry.publishUrl(name), { method: 'PUT', headers, body: sent }, agent);
  const duration = performance.now() - began;
  if (status !== 201) throw new Error(`publishing ${name}@${version}: ${status} ${body.toString()}`);
  return duration;
}
