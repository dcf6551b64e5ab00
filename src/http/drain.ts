import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Connections } from './connections.ts';
import type { Readiness } from './readiness.ts';
import type { RequestWatch } from './request-watch.ts';

export interface Draining {
  readonly server: Server;
  readonly connections: Connections;
  readonly watch: RequestWatch;
  readonly readiness: Readiness;
  /** How long requests under way may take, milliseconds. */
  readonly longest: number;
}

/** How long clients between two requests may still send one, to hear from its answer that we are going, milliseconds. */
const farewell = 1_000;
const sweepEvery = 50;

/** Takes no new connections, lets requests under way end, then closes what is left. */
export async function drainServer({ server, connections, watch, readiness, longest }: Draining): Promise<void> {
  readiness.drain();
  const started = performance.now();
  const closed = stopListening(server);
  const sweep = (): void => {
    if (watch.underWay === 0 || performance.now() - started > farewell) connections.closeIdle();
  };
  sweep();
  const sweeping = setInterval(sweep, sweepEvery);
  const deadline = setTimeout(() => connections.closeAll(), longest);
  await closed;
  clearInterval(sweeping);
  clearTimeout(deadline);
}

/**
 * Resolves when the last connection has ended. The HTTP server's own `close` would cut those that Node takes for idle; it
 * is called when nothing is left, to end the timer that looks after time-outs.
 */
async function stopListening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  server.close();
}
