import { createServer, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CuttingProxy {
  readonly url: string;
  /** `Range` headers of the requests for what is cut, in order; empty for none. */
  readonly ranges: readonly string[];
  stop(): Promise<void>;
}

/** Stands before a server and breaks the connection in the middle of the first whole answer whose path ends so. */
export async function startCuttingProxy(target: string, ending: string): Promise<CuttingProxy> {
  const ranges: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    const isCut = url.endsWith(ending);
    if (isCut) ranges.push(headers.range ?? '');
    const inner = httpRequest(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers as OutgoingHttpHeaders);
      if (!isCut || ranges.length > 1) {
        answer.pipe(outgoing);
        return;
      }
      const half = Number(answer.headers['content-length']) / 2;
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        const part = chunk.subarray(0, Math.max(0, half - sent));
        sent += part.length;
        outgoing.write(part, () => {
          if (sent >= half) outgoing.socket?.destroySoon();
        });
      });
    });
    incoming.pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ranges,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
