import { Worker } from 'node:worker_threads';
import type { Digests } from '../lib/digests.ts';

/**
 * What the thread runs: `DigestSet` of `lib/digests.ts`, fed by messages. As text, because a thread would have to find a
 * file of ours whether it runs from source, compiled or in a test, and this needs nothing but Node.
 */
const program = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const algorithms = ['md5', 'sha1', 'sha256', 'sha512'];
const streams = new Map();
parentPort.on('message', ({ call, stream, kind, bytes }) => {
  if (kind === 'begin') streams.set(stream, algorithms.map((algorithm) => createHash(algorithm)));
  const hashes = streams.get(stream);
  if (kind === 'update') for (const hash of hashes) hash.update(bytes);
  if (kind === 'finish' || kind === 'drop') streams.delete(stream);
  const digest = (hash, index) => [algorithms[index], hash.digest('hex')];
  parentPort.postMessage({ call, digests: kind === 'finish' ? Object.fromEntries(hashes.map(digest)) : null });
});
`;

/** How long an unused thread is kept, in milliseconds: starting one takes about 25, keeping one 10 MB. */
const defaultIdleTime = 10_000;

/** It makes nothing but messages: the megabytes that a thread's heap usually begins with would lie there unused. */
const resourceLimits = { maxYoungGenerationSizeMb: 1 };

interface Reply {
  readonly call: number;
  readonly digests: Digests | null;
}

interface Call {
  resolve(digests: Digests | null): void;
  reject(error: Error): void;
}

/** All four digests of one stream, computed off the event loop. */
export interface StreamHash {
  /** Resolves when `bytes`, which must be shared memory, may be overwritten. */
  update(bytes: Uint8Array): Promise<void>;
  /** Ends the hash; call once. */
  finish(): Promise<Digests>;
  /** Ends the hash without a result. Safe after `finish`. */
  drop(): void;
}

/**
 * Four digests cost 4 ms a MiB, which the event loop would stand still for: a thread takes them, one for all uploads,
 * started by the first and ended when there was none for a while.
 */
export class StreamHashing {
  #thread: HashingThread | null = null;
  #open = 0;
  #idle: NodeJS.Timeout | null = null;
  #lastStream = 0;
  readonly #idleTime: number;

  constructor(idleTime = defaultIdleTime) {
    this.#idleTime = idleTime;
  }

  begin(): StreamHash {
    const thread = this.#take();
    const stream = ++this.#lastStream;
    const call = (kind: string, bytes?: Uint8Array) => thread.call({ stream, kind, bytes });
    let ended = false;
    const end = () => {
      if (!ended) this.#release(thread);
      ended = true;
    };
    // A thread that fails rejects the calls that follow, too.
    call('begin').catch(() => undefined);
    return {
      update: async (bytes) => {
        await call('update', bytes);
      },
      finish: async () => {
        try {
          return (await call('finish')) as Digests;
        } finally {
          end();
        }
      },
      drop: () => {
        if (!ended) call('drop').catch(() => undefined);
        end();
      },
    };
  }

  #take(): HashingThread {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#thread === null || this.#thread.failed) {
      this.#thread = new HashingThread();
      this.#open = 0;
    }
    this.#open++;
    this.#thread.keepsProcessAlive(true);
    return this.#thread;
  }

  #release(thread: HashingThread): void {
    if (thread !== this.#thread || --this.#open > 0) return;
    thread.keepsProcessAlive(false);
    this.#idle = setTimeout(() => {
      this.#thread = null;
      thread.stop();
    }, this.#idleTime).unref();
  }
}

class HashingThread {
  readonly #worker = new Worker(program, { eval: true, execArgv: [], name: 'hashing', resourceLimits });
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #failure: Error | null = null;

  constructor() {
    this.#worker.on('message', ({ call, digests }: Reply) => {
      this.#calls.get(call)?.resolve(digests);
      this.#calls.delete(call);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('The hashing thread has ended.')));
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  call(message: { stream: number; kind: string; bytes: Uint8Array | undefined }): Promise<Digests | null> {
    const failure = this.#failure;
    if (failure !== null) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const call = ++this.#lastCall;
      this.#calls.set(call, { resolve, reject });
      this.#worker.postMessage({ ...message, call });
    });
  }

  keepsProcessAlive(yes: boolean): void {
    if (yes) this.#worker.ref();
    else this.#worker.unref();
  }

  stop(): void {
    this.#worker.terminate().catch(() => undefined);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}
