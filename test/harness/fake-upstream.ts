/** Another registry that tests make say what they like. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeAnswer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface FakeUpstream {
  readonly url: string;
  /** By path, without the query; replaces what was there. */
  on(path: string, answer: FakeAnswer | string | Buffer | object): void;
  /** How often each path was asked for. */
  readonly hits: Map<string, number>;
  /** Headers of the last request for each path. */
  readonly headers: Map<string, IncomingMessage['headers']>;
  /** Ends connections without an answer from now on. */
  down(): void;
  up(): void;
  close(): Promise<void>;
}

export async function fakeUpstream(host = '127.0.0.1'): Promise<FakeUpstream> {
  const answers = new Map<string, FakeAnswer>();
  const hits = new Map<string, number>();
  const headers = new Map<string, IncomingMessage['headers']>();
  let isDown = false;
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    hits.set(path, (hits.get(path) ?? 0) + 1);
    headers.set(path, request.headers);
    if (isDown) {
      request.socket.destroy();
      return;
    }
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end('not here');
    else void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    hits,
    headers,
    on: (path, answer) => void answers.set(path, typeof answer === 'function' ? (answer as FakeAnswer) : fixed(answer)),
    down: () => {
      isDown = true;
    },
    up: () => {
      isDown = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fixed(body: string | Buffer | object): FakeAnswer {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return (_request, response) => void response.writeHead(200).end(bytes);
}
