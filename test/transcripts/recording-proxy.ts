import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { writtenBody, writtenType } from './transcript-body.ts';
import { type Exchange, readable, tellingHeaders } from './transcript.ts';

export interface RecordingProxy {
  readonly url: string;
  /** Everything since the last call, in order of the answers. */
  take(): Exchange[];
  stop(): Promise<void>;
}

/** Stands between a client and the server and writes down what both say. The client's Host header goes on as it is. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  let exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const sent = await buffer(incoming);
      const answer = await forward(target, incoming, sent);
      const got = await buffer(answer);
      exchanges.push({
        request: {
          start: `${incoming.method} ${incoming.url}`,
          headers: requestHeaders(incoming),
          body: writtenBody(plain(sent, incoming), incoming.headers['content-type'] ?? ''),
        },
        response: {
          start: String(answer.statusCode),
          headers: tellingHeaders(Object.entries(answer.headers) as [string, string][], 'response'),
          body: readable(plain(got, answer)),
        },
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(got);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function requestHeaders({ headers }: IncomingMessage): (readonly [string, string])[] {
  const telling = tellingHeaders(Object.entries(headers) as [string, string][], 'request');
  return telling.map(([name, value]) => [name, name === 'content-type' ? writtenType(value) : value] as const);
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    const outgoing = httpRequest(`${target}${url}`, { method, headers }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function plain(bytes: Buffer, { headers }: IncomingMessage): Buffer {
  return headers['content-encoding'] === 'gzip' && bytes.length > 0 ? gunzipSync(bytes) : bytes;
}
