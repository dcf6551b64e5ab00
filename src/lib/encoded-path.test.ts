import { expect, test } from 'vitest';
import { encodedPath } from './encoded-path.ts';

test.each([
  ['plain+name~1@x.tar.gz', 'plain+name~1@x.tar.gz'],
  ['linux/x64/tool.bin', 'linux%2Fx64%2Ftool.bin'],
  ["a b/it's (1)!*~/c+d.txt", 'a%20b%2Fit%27s%20%281%29%21%2A%7E%2Fc%2Bd.txt'],
  ['größe/x', 'gr%C3%B6%C3%9Fe%2Fx'],
])('%s is shown as %s', (name, shown) => {
  expect(encodedPath(name)).toBe(shown);
});
