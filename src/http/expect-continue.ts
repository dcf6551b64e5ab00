import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests whose client holds its body back until it is told `100 Continue`. */
const waiting = new WeakSet<IncomingMessage>();

/**
 * Lets a waiting client send its body when somebody first reads it: a format, the web framework, whoever. A request that
 * is refused before is answered with the body never sent (RFC 9110 section 10.1.1).
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  waiting.add(request);
  const read = request._read.bind(request);
  request._read = (size) => {
    request._read = read;
    waiting.delete(request);
    if (!response.headersSent) response.writeContinue();
    read(size);
  };
}

export function isWaiting(request: IncomingMessage): boolean {
  return waiting.has(request);
}
