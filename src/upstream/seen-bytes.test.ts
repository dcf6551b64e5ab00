import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { OtherBeginning, SeenBytes } from './seen-bytes.ts';

const read = async (bytes: SeenBytes, parts: readonly string[], before: SeenBytes | null = null): Promise<string> => {
  const body = Readable.from(
    parts.map((part) => Buffer.from(part)),
    { objectMode: false },
  );
  let text = '';
  for await (const chunk of bytes.pass(body, before)) text += String(chunk);
  return text;
};

async function afterBreak(sent: readonly string[]): Promise<SeenBytes> {
  const bytes = new SeenBytes();
  await read(bytes, sent);
  return bytes;
}

test.each([
  { sent: [], next: ['abc'] },
  { sent: ['ab', 'c'], next: ['abcdef'] },
  { sent: ['abc'], next: ['a', 'bc', 'def'] },
  { sent: ['abc'], next: ['ab', 'cd'] },
  { sent: ['abc'], next: ['abc'] },
])('after $sent, $next goes on', async ({ sent, next }) => {
  expect(await read(new SeenBytes(), next, await afterBreak(sent))).toBe(next.join(''));
});

test.each([
  { sent: ['abc'], next: ['abXdef'] },
  { sent: ['abc'], next: ['X', 'bcdef'] },
  { sent: ['abc'], next: ['ab'] },
  { sent: ['abc'], next: [] },
])('after $sent, $next is refused', async ({ sent, next }) => {
  await expect(read(new SeenBytes(), next, await afterBreak(sent))).rejects.toThrow(OtherBeginning);
});
