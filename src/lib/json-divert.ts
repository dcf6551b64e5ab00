import { Readable } from 'node:stream';
import { InvalidJson } from './invalid-json.ts';
import { JsonScanner, type ScanOptions, type ScanSink } from './json-scanner.ts';

export { InvalidBase64 } from './base64-decoder.ts';
export { InvalidJson, JsonTooLarge } from './invalid-json.ts';

export interface DivertOptions<T> extends ScanOptions {
  /**
   * Takes one diverted value's bytes, as they arrive. Called in the order of the document, at once when a value starts;
   * reading pauses while the stream is full.
   */
  consume(path: readonly string[], bytes: Readable): Promise<T>;
}

export interface Diverted<T> {
  /** The document, with `""` in place of each diverted string. */
  readonly json: unknown;
  /** What `consume` gave, in the order of the document. A path occurs once. */
  readonly values: readonly { readonly path: readonly string[]; readonly value: T }[];
}

/**
 * Reads a JSON document whose largest strings are files in base64, without ever holding those: they go to `consume`, the
 * rest is parsed. A body that fails is left as it is, half read, so that it can still be answered. Rejects with `InvalidJson`, `InvalidBase64`, `JsonTooLarge`, what `consume` rejects with, or the error
 * of the body; a stream that was being consumed is destroyed then.
 */
export async function divertJson<T>(body: Readable, options: DivertOptions<T>): Promise<Diverted<T>> {
  const diversion = new Diversion(options);
  const scanner = new JsonScanner(options, diversion);
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      scanner.write(chunk as Buffer);
      await diversion.ready();
    }
    const json = scanner.end();
    return { json, values: await diversion.results() };
  } catch (error) {
    diversion.abort(error);
    throw diversion.failure?.error ?? error;
  }
}

/** Turns the scanner's calls into streams, and their consumers' pace into waiting. */
class Diversion<T> implements ScanSink {
  /** The first consumer that failed. */
  failure: { readonly error: unknown } | null = null;
  readonly #options: DivertOptions<T>;
  readonly #values: { path: readonly string[]; value: Promise<T> }[] = [];
  readonly #started = new Set<string>();
  #stream: Readable | null = null;
  #full = false;
  #wake: () => void = () => {};

  constructor(options: DivertOptions<T>) {
    this.#options = options;
  }

  start(path: readonly string[]): void {
    const id = JSON.stringify(path);
    if (this.#started.has(id)) throw new InvalidJson(`the value at ${id} occurs twice`);
    this.#started.add(id);
    const stream = new Readable({
      highWaterMark: 256 * 1024,
      read: () => this.#resume(stream),
    });
    // The consumer hears of errors by reading; one that no longer reads must not bring the process down.
    stream.on('error', () => {});
    stream.on('close', () => this.#resume(stream));
    this.#stream = stream;
    const value = this.#options.consume(path, stream);
    value.then(
      () => stream.destroy(),
      (error: unknown) => {
        this.failure ??= { error };
        stream.destroy();
      },
    );
    this.#values.push({ path, value });
  }

  bytes(decoded: Buffer): void {
    const stream = this.#stream as Readable;
    if (!stream.destroyed) this.#full = !stream.push(decoded);
  }

  end(): void {
    if (this.#stream?.destroyed === false) this.#stream.push(null);
    this.#stream = null;
    this.#full = false;
  }

  /** Resolves when the consumer wants more; rejects as soon as one has failed. */
  async ready(): Promise<void> {
    if (this.#full && this.failure === null) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.failure !== null) throw this.failure.error;
  }

  async results(): Promise<{ path: readonly string[]; value: T }[]> {
    return Promise.all(this.#values.map(async ({ path, value }) => ({ path, value: await value })));
  }

  abort(error: unknown): void {
    this.#stream?.destroy(error instanceof Error ? error : new Error(String(error)));
  }

  #resume(stream: Readable): void {
    if (stream !== this.#stream) return;
    this.#full = false;
    this.#wake();
  }
}
