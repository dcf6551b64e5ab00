/** One kept connection: a test that holds several speaks to several workers, each time to the same one. */
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: string;
}

/** A request whose body is not finished. */
export interface Begun {
  write(rest: string): void;
  answer(): Promise<Answer>;
}

export interface Connection {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Answer>;
  /** Sends the headers; resolves when the server wants the body. */
  begin(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Begun>;
  close(): void;
}

/** Rejects when nobody listens there. */
export async function connectTo(url: string): Promise<Connection> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send: Connection['send'] = async (method, path, headers, body) => {
    const sent = request(new URL(path, url), { agent, method, headers: { ...headers } });
    sent.end(body);
    return answerTo(sent);
  };
  const connection: Connection = {
    get: (path, headers = {}) => send('GET', path, headers),
    send,
    async begin(method, path, headers) {
      const sent = request(new URL(path, url), { agent, method, headers: { ...headers, expect: '100-continue' } });
      sent.flushHeaders();
      const answer = answerTo(sent);
      // Whoever waits for it hears of it; a test may not want it.
      answer.catch(() => undefined);
      await once(sent, 'continue');
      return { write: (rest) => void sent.end(rest), answer: () => answer };
    },
    close: () => agent.destroy(),
  };
  await connection.get('/-/liveness');
  return connection;
}

async function answerTo(sent: ClientRequest): Promise<Answer> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const bytes = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, body: bytes.toString() };
}
