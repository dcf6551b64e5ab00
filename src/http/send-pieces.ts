import type { ServerResponse } from 'node:http';
import type { Pieces } from '../lib/pieces.ts';
import type { Exchange } from './exchange.ts';

interface PiecesAnswer {
  /** Bytes there must be; `null` = nobody knows. */
  readonly length: number | null;
  /** Sends the head, once the first piece is there. */
  readonly begin: () => unknown;
}

/**
 * Sends pieces and ends the answer, the next one read when the client has taken the last: a slow client keeps one piece in
 * memory. Rejects while a failure can still be told; later ones, and pieces of another length than they must have, abort
 * the connection, so that the client sees a broken transfer. Whether it got everything.
 */
export async function sendPieces(
  { request, response }: Exchange,
  pieces: Pieces,
  { length, begin }: PiecesAnswer,
): Promise<boolean> {
  const writer = new PieceWriter(response);
  const onClose = (): void => writer.abandon();
  request.socket.once('close', onClose);
  try {
    const most = length ?? Infinity;
    let piece = await pieces.next();
    begin();
    let sent = 0;
    while (piece !== null && sent + piece.length <= most && (await writer.write(piece))) {
      sent += piece.length;
      piece = await pieces.next();
    }
    const isWhole = piece === null && sent === (length ?? sent);
    if (isWhole) response.end();
    else response.destroy();
    return isWhole;
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
    return false;
  } finally {
    request.socket.off('close', onClose);
    pieces.close(writer.isFree);
  }
}

/** Writes one piece after the other, and knows whether the last one is still in use. */
class PieceWriter {
  readonly #response: ServerResponse;
  #settle: ((taken: boolean) => void) | null = null;
  #isAbandoned = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#isAbandoned = response.destroyed;
  }

  get isFree(): boolean {
    return !this.#isAbandoned && this.#settle === null;
  }

  /** Resolves when the system has taken the piece: `false` = it never will. */
  write(piece: Buffer): Promise<boolean> {
    if (this.#isAbandoned) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#response.write(piece, (error) => {
        if (error == null) this.#settle = null;
        else this.#isAbandoned = true;
        resolve(error == null);
      });
    });
  }

  /** The connection is gone: what was written last may be in use for a moment. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#settle?.(false);
  }
}
