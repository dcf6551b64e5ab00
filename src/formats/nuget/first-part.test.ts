import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenForm, FirstPart } from './first-part.ts';

const boundary = '---x';

async function read(body: Buffer, pieceSize: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += pieceSize) pieces.push(body.subarray(at, at + pieceSize));
  return buffer(Readable.from(pieces).pipe(new FirstPart(boundary)));
}

const head = `--${boundary}\r\nContent-Disposition: form-data; name=package\r\n\r\n`;

test('any bytes come out as they went in, however they are cut, by whichever ending', async () => {
  const nasty = fc.constantFrom('\r\n', '\n', '\r', `--${boundary}`, '\r\n--', `\n--${boundary.slice(0, 2)}`, '-');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
    fc.array(nasty, { maxLength: 12 }).map((list) => Buffer.from(list.join(''))),
  );
  const ending = fc.constantFrom(
    `\r\n--${boundary}--\r\n`,
    `\n--${boundary}--`,
    `\r\n--${boundary}\r\nContent-Type: x\r\n\r\nmore\r\n--${boundary}--`,
  );
  await fc.assert(
    fc.asyncProperty(bytes, ending, fc.integer({ min: 1, max: 90 }), async (content, end, pieceSize) => {
      // A part can't hold its own boundary at the start of a line, nor end with a CR that belongs to it before a bare LF.
      fc.pre(!`\n${content.toString('latin1')}`.includes(`\n--${boundary}`) && content.at(-1) !== 0x0d);
      const got = await read(Buffer.concat([Buffer.from(head), content, Buffer.from(end)]), pieceSize);
      expect(got.equals(content)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test.each(['', 'x', '--', head, `${head}abc`, `${head}abc\r\n--${boundary.slice(0, -1)}`, `--${boundary}\r\nA: b\r\n`])(
  'a form that ends before its part does: %j',
  async (text) => {
    await expect(read(Buffer.from(text), 7)).rejects.toThrow(BrokenForm);
  },
);

test('headers ended by LF alone, and a preamble', async () => {
  const text = `preamble\r\n--${boundary}\nA: b\n\nabc\r\n--${boundary}--`;
  expect((await read(Buffer.from(text), 5)).toString()).toBe('abc');
});
