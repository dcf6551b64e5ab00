import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { blake2b256 } from './blake2b.ts';

// Made with Python: hashlib.blake2b(b'…', digest_size=32).hexdigest().
test.each([
  ['', '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'],
  ['abc', 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
])('%j', async (text, digest) => {
  const hashed = await blake2b256(Readable.from([Buffer.from(text)]));
  expect((await buffer(hashed.bytes)).toString()).toBe(text);
  expect(hashed.digest()).toBe(digest);
  expect(hashed.digest()).toBe(digest);
});

test('two at once do not mix', async () => {
  const [one, two] = [new PassThrough(), new PassThrough()];
  const [a, b] = [await blake2b256(one), await blake2b256(two)];
  const read = Promise.all([buffer(a.bytes), buffer(b.bytes)]);
  one.write('a');
  two.write('x');
  one.end('bc');
  two.end();
  await read;
  expect(a.digest()).toBe('bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319');
  expect(b.digest()).not.toBe(a.digest());
});

test('a stream that fails is a stream that fails', async () => {
  const source = new PassThrough();
  const { bytes } = await blake2b256(source);
  const read = buffer(bytes);
  source.write('a');
  source.destroy(new Error('reset'));
  await expect(read).rejects.toThrow('reset');
});
