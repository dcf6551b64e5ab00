/**
 * Larger pieces are not faster here (64 KiB: 0.76 GB/s to a socket, 256 KiB: 0.9, 512 KiB: 1.1, 1 MiB: 1.1). Smaller
 * ones than the least cost more trips to the threads than they save.
 */
const most = 512 * 1024;
const least = 16 * 1024;
/** What all readers of the process together hold, unless the least for each is more. */
const forAll = 16 * 2 ** 20;
/** What is kept for readers to come. */
const sparesHold = 4 * 2 ** 20;

let readers = 0;
let size = most;
const spares: Buffer[] = [];

/**
 * One reader's memory for pieces of a file, the same over and over. With few readers pieces are large; with many they are
 * small, so that five hundred slow clients take no more than thirty fast ones.
 */
export class PieceMemory {
  #piece: Buffer | null = null;
  #ended = false;

  constructor() {
    readers += 1;
    fitSize();
  }

  /** For the next piece, `length` bytes at most; nobody may look at the one before any more. */
  take(length: number): Buffer {
    if (this.#piece?.length !== size) {
      if (this.#piece !== null) keep(this.#piece);
      this.#piece = spares.pop() ?? Buffer.allocUnsafeSlow(size);
    }
    return this.#piece.subarray(0, length);
  }

  /** `free` = nobody looks at the last piece any more. */
  end(free: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    readers -= 1;
    if (free && this.#piece !== null) keep(this.#piece);
    this.#piece = null;
    fitSize();
  }
}

/** Cuts it up when pieces are smaller by now: a large one that is left alone would stay for long, and new ones come. */
function keep(piece: Buffer): void {
  const hold = readers * size < forAll ? sparesHold : forAll;
  for (let at = 0; at + size <= piece.length && spares.length * size < hold; at += size) {
    spares.push(piece.subarray(at, at + size));
  }
}

/** Grows later than it shrinks: a reader more or less at the border changes nothing. */
function fitSize(): void {
  const before = size;
  while (size > least && readers * size > forAll) size /= 2;
  while (size < most && readers * size * 4 <= forAll) size *= 2;
  if (size !== before) spares.splice(0).forEach(keep);
}
