/** HTTP/1.1 byte by byte: what is sent is exactly what the test says, and what comes back is what the server wrote. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Status line and headers as they came, without the empty line. */
  readonly head: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** No answer may take longer, milliseconds: a server that doesn't answer is as broken as one that answers nonsense. */
const longest = 10_000;

export class RawConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #chunks: Buffer[] = [];
  #size = 0;
  /** So many bytes must be there before it is worth looking at them. */
  #needed = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = once(socket, 'close');
    this.#closed.catch(() => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Resolves when the system has taken the bytes. */
  async send(bytes: string | Uint8Array): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** The next answer, `100 Continue` included; rejects when none is complete in time, or the connection ends before. */
  async answer(method = 'GET', within = longest): Promise<RawAnswer> {
    const until = performance.now() + within;
    for (;;) {
      const answer = this.#size < this.#needed && !this.#ended ? null : this.#parse(method);
      if (answer !== null) return answer;
      if (this.#ended)
        throw new Error(`the connection ended after ${JSON.stringify(this.#received.toString('latin1', 0, 500))}`);
      await this.#more(until - performance.now());
    }
  }

  /** Resolves to what came that was not asked for, when the server has closed the connection. */
  async closed(within = longest): Promise<string> {
    const until = performance.now() + within;
    while (!this.#ended) await this.#more(until - performance.now());
    return this.#received.toString('latin1');
  }

  get isOpen(): boolean {
    return !this.#ended && !this.#socket.destroyed;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says that nothing more will be sent. */
  end(): void {
    this.#socket.end();
  }

  /** Breaks the connection off, with a reset. */
  abort(): void {
    this.#socket.resetAndDestroy();
  }

  get #received(): Buffer {
    const received = Buffer.concat(this.#chunks);
    this.#chunks = [received];
    return received;
  }

  async #more(within: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the server did not answer in time')), Math.max(0, within));
    });
    await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), late]).finally(() =>
      clearTimeout(timer),
    );
  }

  #parse(method: string): RawAnswer | null {
    const received = this.#received;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const head = received.toString('latin1', 0, end);
    const [line = '', ...lines] = head.split('\r\n');
    const headers = new Map(lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), after(each)]));
    const status = Number(line.split(' ')[1]);
    const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304;
    const length = bodiless ? 0 : bodyLength(headers, received.subarray(end + 4), this.#ended);
    if (length === null) return null;
    this.#needed = end + 4 + length;
    if (received.length < this.#needed) return null;
    const body = Buffer.from(received.subarray(end + 4, this.#needed));
    this.#chunks = [received.subarray(this.#needed)];
    this.#size -= this.#needed;
    this.#needed = 0;
    return { status, head, headers, body };
  }
}

function after(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}

/** `null` = can't be told yet. Of chunked bodies only the empty one occurs (Node's own refusals). */
function bodyLength(headers: ReadonlyMap<string, string>, rest: Buffer, ended: boolean): number | null {
  const length = headers.get('content-length');
  if (length !== undefined) return Number(length);
  if (headers.get('transfer-encoding') !== 'chunked') return headers.get('connection') === 'close' && !ended ? null : 0;
  const end = rest.indexOf('0\r\n\r\n');
  return end < 0 ? null : end + 5;
}

/** One request on a connection of its own. `null` when the server closed it without a word. */
export async function ask(url: string, bytes: string | Uint8Array, method = 'GET'): Promise<RawAnswer> {
  const connection = await RawConnection.open(url);
  try {
    await connection.send(bytes);
    return await connection.answer(method);
  } finally {
    connection.abort();
  }
}

export interface RawRequest {
  readonly method?: string;
  /** The request target as it shall stand in the request line. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request with a right Host and Content-Length, unless `headers` says otherwise. */
export function requestBytes({ method = 'GET', target, headers = {}, body }: RawRequest): Buffer {
  const content = Buffer.from(body ?? '');
  const lines = Object.entries({
    host: 'packyard.test',
    ...(body === undefined ? {} : { 'content-length': String(content.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), content]);
}

/** `requestBytes` sent on a connection of its own. */
export function askFor(url: string, request: RawRequest): Promise<RawAnswer> {
  return ask(url, requestBytes(request), request.method ?? 'GET');
}
