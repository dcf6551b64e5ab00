import { expect, test } from 'vitest';
import type { SourceVersion } from '../../registry/model.ts';
import { isComplete } from './completeness.ts';

function version(packaging: string | null, ...endings: readonly string[]): SourceVersion {
  const files = endings.map((ending) => ({ name: `lib-1.0${ending}` }));
  return { version: '1.0', fragment: JSON.stringify({ packaging }), files } as unknown as SourceVersion;
}

test.each([
  [true, 'pom', ['.pom']],
  [false, 'jar', ['.pom']],
  [false, 'jar', ['.pom', '.pom.asc', '.module']],
  [true, 'jar', ['.pom', '.jar']],
  [true, 'jar', ['.pom', '-native.jar']],
  [true, 'war', ['.pom', '.war']],
  [true, null, ['.jar']],
  [false, null, ['-sources.jar']],
  [false, null, ['.jar.asc']],
  [false, null, []],
])('%s: packaging %s with %s', (complete, packaging, endings) => {
  expect(isComplete('lib', version(packaging, ...endings))).toBe(complete);
});
