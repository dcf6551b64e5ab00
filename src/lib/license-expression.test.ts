import { expect, test } from 'vitest';
import { canKeepTo, cannotAvoid, licenseText, readLicense } from './license-expression.ts';

const matches =
  (...ids: string[]) =>
  (license: string): boolean =>
    ids.includes(license);

test.each([
  ['MIT', ['MIT'], true, true],
  ['MIT OR GPL-3.0', ['MIT'], true, false],
  ['MIT OR GPL-3.0', ['GPL-3.0'], true, false],
  ['MIT OR GPL-3.0', ['MIT', 'GPL-3.0'], true, true],
  ['MIT AND GPL-3.0', ['MIT'], false, true],
  ['MIT AND GPL-3.0', ['MIT', 'GPL-3.0'], true, true],
  ['(MIT OR Apache-2.0) AND BSD-3-Clause', ['MIT', 'BSD-3-Clause'], true, true],
  ['MIT OR Apache-2.0 AND GPL-3.0', ['Apache-2.0'], false, false],
  ['MIT or (Apache-2.0 and GPL-3.0)', ['Apache-2.0', 'GPL-3.0'], true, false],
  ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only'], true, true],
  ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only WITH Classpath-exception-2.0'], true, true],
  ['GPL-2.0+', ['GPL-2.0+'], true, true],
  ['DocumentRef-x:LicenseRef-y', ['DocumentRef-x:LicenseRef-y'], true, true],
  ['SEE LICENSE IN LICENSE', ['SEE LICENSE IN LICENSE'], true, true],
  ['MIT OR', ['MIT'], false, false],
  ['MIT OR', ['MIT OR'], true, true],
  ['(MIT', ['(MIT'], true, true],
  ['MIT)', ['MIT)'], true, true],
  ['GPL-2.0 WITH', ['GPL-2.0'], false, false],
  ['MIT License', ['MIT'], false, false],
  ['', [''], true, true],
  [`${'('.repeat(50)}MIT${')'.repeat(50)}`, ['MIT'], false, false],
  [`MIT OR ${'x'.repeat(1_000)}`, ['MIT'], false, false],
])('%s with %j: kept to %s, unavoidable %s', (text, ids, keeps, avoids) => {
  expect(canKeepTo(readLicense(text), matches(...ids))).toBe(keeps);
  expect(cannotAvoid(readLicense(text), matches(...ids))).toBe(avoids);
});

test.each([
  [' MIT ', 'MIT'],
  [' ', null],
  ['x'.repeat(1_001), null],
])('%j says %j', (text, license) => {
  expect(licenseText(text)).toBe(license);
});
