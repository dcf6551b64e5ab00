import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attachment } from './content-disposition.ts';

test.each([
  ['left-pad-1.0.0.tgz', 'filename="left-pad-1.0.0.tgz"; filename*=UTF-8\'\'left-pad-1.0.0.tgz'],
  ['dir/sub/f.bin', 'filename="f.bin"; filename*=UTF-8\'\'f.bin'],
  ['..\\..\\f.bin', 'filename="f.bin"; filename*=UTF-8\'\'f.bin'],
  ['a b+c.zip', 'filename="a b+c.zip"; filename*=UTF-8\'\'a%20b%2Bc.zip'],
  ['größe.txt', 'filename="gr__e.txt"; filename*=UTF-8\'\'gr%C3%B6%C3%9Fe.txt'],
  ['שלום.txt', 'filename="____.txt"; filename*=UTF-8\'\'%D7%A9%D7%9C%D7%95%D7%9D.txt'],
  ["it's (1)*.txt", "filename=\"it's (1)*.txt\"; filename*=UTF-8''it%27s%20%281%29%2A.txt"],
  ['a"; filename=evil.html', 'filename="a_; filename=evil.html"; filename*=UTF-8\'\'a%22%3B%20filename%3Devil.html'],
  ['a\r\nX: y', 'filename="aX: y"; filename*=UTF-8\'\'aX%3A%20y'],
  ['%41.txt', 'filename="_41.txt"; filename*=UTF-8\'\'%2541.txt'],
  ['photo_\u202Egpj.exe', 'filename="photo_gpj.exe"; filename*=UTF-8\'\'photo_gpj.exe'],
  ['\uD800.txt', 'filename="_.txt"; filename*=UTF-8\'\'%EF%BF%BD.txt'],
  ['', 'filename="download"; filename*=UTF-8\'\'download'],
  ['a/..', 'filename="download"; filename*=UTF-8\'\'download'],
  ['\u0000\u0007', 'filename="download"; filename*=UTF-8\'\'download'],
])('%j', (name, expected) => {
  expect(attachment(name)).toBe(`attachment; ${expected}`);
});

test('a name of 5,000 characters keeps its ending and makes a short header', () => {
  const value = attachment(`${'あ'.repeat(5_000)}.tar.gz`);
  expect(value.length).toBeLessThan(2_000);
  expect(value.endsWith('.tar.gz')).toBe(true);
  expect(attachment(`${'😀'.repeat(5_000)}.zip`)).toMatch(/%F0%9F%98%80\.zip$/);
});

test('no name breaks out of the header', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  );
  fc.assert(
    fc.property(name, (name) => {
      const value = attachment(name);
      expect(value).toMatch(
        /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
      );
      const full = decodeURIComponent(value.slice(value.indexOf("''") + 2));
      expect(full).not.toMatch(/[\\/\p{Cc}]/u);
      expect(full).not.toMatch(/^\.*$/);
    }),
    { numRuns: 500 },
  );
});
