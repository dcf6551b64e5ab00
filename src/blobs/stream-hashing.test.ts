import { expect, test } from 'vitest';
import { DigestSet } from '../lib/digests.ts';
import { StreamHashing } from './stream-hashing.ts';

function shared(text: string): Buffer {
  const bytes = Buffer.from(text);
  const copy = Buffer.from(new SharedArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
}

function expected(...texts: string[]) {
  const digests = new DigestSet();
  for (const text of texts) digests.update(Buffer.from(text));
  return digests.finish();
}

test('streams that are mixed get their own digests, those of DigestSet', async () => {
  const hashing = new StreamHashing();
  const [one, two, none] = [hashing.begin(), hashing.begin(), hashing.begin()];
  await Promise.all([one.update(shared('a')), two.update(shared('b')), one.update(shared('c'))]);
  expect(await Promise.all([one.finish(), two.finish(), none.finish()])).toEqual([
    expected('a', 'c'),
    expected('b'),
    expected(),
  ]);
});

test('a block may be used again once its update has resolved', async () => {
  const hash = new StreamHashing().begin();
  const block = shared('first');
  await hash.update(block);
  block.write('again');
  await hash.update(block);
  expect(await hash.finish()).toEqual(expected('first', 'again'));
});

test('a thread that dies fails the streams it had, and no later one', async () => {
  const hashing = new StreamHashing();
  const [one, two] = [hashing.begin(), hashing.begin()];
  await two.update(shared('b'));
  await expect(one.update(null as unknown as Buffer)).rejects.toThrow('null');
  await expect(two.finish()).rejects.toThrow('null');
  one.drop();
  const three = hashing.begin();
  await three.update(shared('c'));
  expect(await three.finish()).toEqual(expected('c'));
});

test('a thread that was ended when idle is started anew', async () => {
  const hashing = new StreamHashing(1);
  for (const text of ['a', 'b', 'c']) {
    const hash = hashing.begin();
    const dropped = hashing.begin();
    await hash.update(shared(text));
    dropped.drop();
    dropped.drop();
    expect(await hash.finish()).toEqual(expected(text));
    hash.drop();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
