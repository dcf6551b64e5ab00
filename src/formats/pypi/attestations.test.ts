import { expect, test } from 'vitest';
import { attestation } from '../../../test/harness/attestations.ts';
import { provenanceOf } from './attestations.ts';
import { distributionName, projectName, pythonVersion } from './distribution-name.ts';

const sha256 = 'a'.repeat(64);
const file = distributionName('foo_bar-1.0.tar.gz', projectName('foo-bar'), pythonVersion('1.0'));
const good = attestation({ name: file.fileName, sha256 });

function provenance(...attestations: readonly unknown[]): Record<string, unknown> {
  return JSON.parse(provenanceOf(JSON.stringify(attestations), file, sha256)) as Record<string, unknown>;
}

test('attestations are kept as they came, and nobody is said to have checked who published', () => {
  expect(provenance(good, good)).toEqual({
    version: 1,
    attestation_bundles: [{ publisher: { kind: 'unverified', claims: null }, attestations: [good, good] }],
  });
});

test('the name may be spelled in another way', () => {
  expect(() => provenance(attestation({ name: 'Foo.Bar-1.0.0.tar.gz', sha256 }))).not.toThrow();
});

test.each([
  ['nothing', []],
  ['too many', Array.from({ length: 11 }, () => good)],
  ['a number', [1]],
  ['another version', [{ ...good, version: 2 }]],
  ['no material', [{ ...good, verification_material: {} }]],
  ['no entries', [{ ...good, verification_material: { certificate: 'AAAA', transparency_entries: [] } }]],
  ['no envelope', [{ ...good, envelope: undefined }]],
  ['a statement that is no base64', [{ ...good, envelope: { statement: '*', signature: 'AAAA' } }]],
  ['a statement that is no JSON', [{ ...good, envelope: { statement: 'AAAA', signature: 'AAAA' } }]],
  ['other bytes', [attestation({ name: file.fileName, sha256: 'b'.repeat(64) })]],
  ['another file', [attestation({ name: 'foo_bar-1.0.zip', sha256 })]],
  ['another project', [attestation({ name: 'other-1.0.tar.gz', sha256 })]],
  ['another kind of statement', [attestation({ name: file.fileName, sha256, type: 'https://x' })]],
  ['another predicate', [attestation({ name: file.fileName, sha256, predicateType: 'https://x' })]],
  ['one good and one bad', [good, attestation({ name: file.fileName, sha256: '' })]],
])('%s is refused', (_what, attestations) => {
  expect(() => provenance(...attestations)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});

test.each(['', 'x', '{}', 'null', '['.repeat(100_000)])('%.10j is refused', (text) => {
  expect(() => provenanceOf(text, file, sha256)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});

test('what is nested without end is no trouble', () => {
  const deep = JSON.stringify([good]).replace('"AAAA"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(() => provenanceOf(deep, file, sha256)).toThrow('The attestations lack');
});
