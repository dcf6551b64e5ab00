/** What was read is what was written. */
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { Pieces } from '../../src/lib/pieces.ts';

export async function expectSame(stream: Readable, bytes: Buffer): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  // `equals` first: a diff of megabytes helps nobody.
  expect(Buffer.concat(chunks).length).toBe(bytes.length);
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
}

export async function expectLent(pieces: Pieces, bytes: Buffer): Promise<void> {
  const copies: Buffer[] = [];
  for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) copies.push(Buffer.from(piece));
  pieces.close(true);
  expect(Buffer.concat(copies).length).toBe(bytes.length);
  expect(Buffer.concat(copies).equals(bytes)).toBe(true);
}
