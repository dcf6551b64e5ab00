import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
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
  /**
   * The listening socket is one that all workers share, and all are about to end: it is given up last. The primary keeps a
   * connection that comes while its last worker gives the socket up, unanswered, until it ends itself; this way that is at once.
   */
  readonly keepPort?: boolean | undefined;
}

/** How long clients between two requests may still send one, to hear from its answer that we are going, milliseconds. */
const farewell = 1_000;
const sweepEvery = 50;

/** Takes no new connections, lets requests under way end, then closes what is left. */
export async function drainServer(draining: Draining): Promise<void> {
  const { server, connections, watch, readiness, longest, keepPort = false } = draining;
  readiness.drain();
  const started = performance.now();
  const overdue = (): boolean => performance.now() - started > farewell;
  const closed = keepPort ? outlastConnections(server, connections, overdue) : stopListening(server);
  const sweep = (): void => {
    if (watch.underWay === 0 || overdue()) connections.closeIdle();
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

/** Those who come in the first moments are served, those who come later are cut off, until nobody is left. */
async function outlastConnections(server: Server, connections: Connections, overdue: () => boolean): Promise<void> {
  server.prependListener('connection', (socket: Socket) => {
    if (overdue()) socket.destroy();
  });
  while (!connections.none) await pause(sweepEvery);
  await stopListening(server);
}
