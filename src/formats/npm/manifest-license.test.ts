import { expect, test } from 'vitest';
import { licenseOf } from './manifest-license.ts';

test.each([
  [{ license: 'MIT' }, 'MIT'],
  [{ license: { type: 'MIT', url: 'x' } }, 'MIT'],
  [{ licenses: [{ type: 'MIT' }, 'Apache-2.0'] }, '(MIT) OR (Apache-2.0)'],
  [{ license: 'MIT', licenses: ['MIT'] }, 'MIT'],
  [{ licenses: { type: 'MIT' } }, 'MIT'],
  [{ license: ['MIT'] }, null],
  [{ license: 7, licenses: [null, {}] }, null],
  [{ license: 'x'.repeat(2_000) }, null],
  [{ licenses: Array.from({ length: 5_000 }, (_, index) => `license-${index}`) }, null],
  [{}, null],
])('%j: %s', (manifest, license) => {
  expect(licenseOf(manifest)).toBe(license);
});
