import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';

/**
 * The open connections, and what each is busy with. Node closes idle ones itself, but takes for idle what still has to
 * send the end of an answer to a slow client.
 */
export class Connections {
  readonly #open = new Set<Socket>();
  /** Those that have come through the TLS handshake, if there is one. */
  readonly #served = new Set<Socket>();
  readonly #busy = new WeakMap<Socket, Exchange>();

  watch(server: Server, secure: boolean): void {
    const remember = (sockets: Set<Socket>) => (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    };
    server.on('connection', remember(this.#open));
    server.on(secure ? 'secureConnection' : 'connection', remember(this.#served));
  }

  get none(): boolean {
    for (const socket of this.#open) if (!socket.destroyed) return false;
    return true;
  }

  begin(exchange: Exchange): void {
    const { socket } = exchange.request;
    this.#busy.set(socket, exchange);
    exchange.response.once('close', () => {
      // Another request may have come meanwhile, for HTTP lets clients send ahead.
      if (this.#busy.get(socket) === exchange) this.#busy.delete(socket);
    });
  }

  /** A client that has said all and heard nothing yet: its upload may be on its way to a slow disk. */
  awaitsUs(socket: Socket): boolean {
    const exchange = this.#busy.get(socket);
    return exchange !== undefined && exchange.request.complete && !exchange.response.headersSent;
  }

  closeIdle(): void {
    for (const socket of this.#served) {
      if (!this.#busy.has(socket) && socket.writableLength === 0) socket.destroy();
    }
  }

  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
