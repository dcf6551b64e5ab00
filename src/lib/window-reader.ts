/**
 * Larger ones are not faster here (64 KiB: 0.76 GB/s to a socket, 256 KiB: 0.9, 512 KiB: 1.1, 1 MiB: 1.1), and much
 * smaller ones cost more for each piece than for its bytes.
 */
const windowSize = 256 * 1024;
/** So much of all files that are being read is in memory, 8 MiB. */
const mostWindows = 32;
/** What a reader has who finds no window free. */
const ownSize = 16 * 1024;
/** What is kept for readers to come. */
const idleWindows = 8;
const idleOwn = 128;

/** Reads from byte `start` on into `into`: how many bytes came, fewer only at the end or where there are no more yet. */
export type ReadAt = (start: number, into: Buffer) => Promise<number>;

/** A stretch of one file, for all who read there at the moment. Its bytes are only ever added to while anybody does. */
class Window {
  readonly memory = Buffer.allocUnsafeSlow(windowSize);
  file: unknown = null;
  start = 0;
  filled = 0;
  users = 0;
  #filling: Promise<void> | null = null;

  /** Reads on, once for all who want it. */
  fill(readAt: ReadAt): Promise<void> {
    this.#filling ??= readAt(this.start + this.filled, this.memory.subarray(this.filled))
      .then((count) => void (this.filled += count))
      .finally(() => {
        this.#filling = null;
      });
    return this.#filling;
  }
}

/** In order of their last use. */
const windows = new Set<Window>();
const spare: Buffer[] = [];
let readers = 0;

/**
 * One reader of a file of which there may be hundreds at once, each at its own pace: those who are at the same place share
 * what was read, and all together hold no more than 8 MiB, and 16 KiB for each. `file` names the bytes exactly.
 */
export class WindowReader {
  readonly #file: unknown;
  readonly #readAt: ReadAt;
  #window: Window | null = null;
  #own: Buffer | null = null;
  #closed = false;

  constructor(file: unknown, readAt: ReadAt) {
    this.#file = file;
    this.#readAt = readAt;
    readers += 1;
  }

  /** Some bytes from `at` on and before `end`, the reader's until its next call; `null` when there are none, or none yet. */
  async next(at: number, end: number): Promise<Buffer | null> {
    this.#leave();
    const start = at - (at % windowSize);
    // For a few bytes, as of a range, a window is not worth while.
    const window = windowThere(this.#file, start) ?? (end - at > ownSize ? newWindow(this.#file, start) : null);
    if (window === null) return this.#readOwn(at, end);
    window.users += 1;
    this.#window = window;
    const from = at - window.start;
    if (window.filled <= from) await window.fill(this.#readAt);
    return window.filled <= from ? null : window.memory.subarray(from, Math.min(window.filled, end - window.start));
  }

  /** `free` = nobody looks at the last piece any more; otherwise its memory is never used again. */
  close(free: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    readers -= 1;
    if (!free && this.#window !== null) windows.delete(this.#window);
    this.#leave();
    if (free && this.#own !== null && spare.length < idleOwn) spare.push(this.#own);
    this.#own = null;
    if (readers === 0) forgetMost();
  }

  #leave(): void {
    if (this.#window !== null) this.#window.users -= 1;
    this.#window = null;
  }

  async #readOwn(at: number, end: number): Promise<Buffer | null> {
    this.#own ??= spare.pop() ?? Buffer.allocUnsafeSlow(ownSize);
    const count = await this.#readAt(at, this.#own.subarray(0, end - at));
    return count === 0 ? null : this.#own.subarray(0, count);
  }
}

function windowThere(file: unknown, start: number): Window | null {
  for (const window of windows) if (window.file === file && window.start === start) return touched(window);
  return null;
}

/** One that nobody uses any more, the longest unused first; `null` = all are in use. */
function newWindow(file: unknown, start: number): Window | null {
  // A few readers need few.
  const isRoom = windows.size < Math.min(mostWindows, 2 * readers);
  const vacant = isRoom ? new Window() : [...windows].find(({ users }) => users === 0);
  if (vacant === undefined) return null;
  vacant.file = file;
  vacant.start = start;
  vacant.filled = 0;
  return touched(vacant);
}

function touched(window: Window): Window {
  windows.delete(window);
  windows.add(window);
  return window;
}

/** Nobody reads any more: the rest is read again when somebody does. */
function forgetMost(): void {
  for (const window of [...windows].slice(0, -idleWindows)) windows.delete(window);
}
