import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';
import { judge, openPolicy, type RegistryPolicy, type UpstreamRule } from './upstream-policy.ts';

const now = Date.UTC(2026, 0, 31);
const hour = 3_600_000;
const lace = (version: string | null, publishedAt: number | null = now - 1_000 * hour) => ({
  name: { key: '@acme/lace', display: '@acme/Lace' },
  version,
  publishedAt,
});
const ruled = (rules: UpstreamRule[], version: string | null = '1.0.0') =>
  judge(lace(version), { policy: openPolicy, rules }, now)?.rule ?? null;
const aged = (policy: Partial<RegistryPolicy>, publishedAt: number | null, version: string | null = '1.0.0') =>
  judge(lace(version, publishedAt), { policy: { ...openPolicy, ...policy }, rules: [] }, now)?.rule ?? null;

describe('rules', () => {
  test.each<[UpstreamRule[], string | null]>([
    [[], null],
    [[{ kind: 'deny', name: '@acme/*', version: null }], 'deny'],
    [[{ kind: 'deny', name: '@acme/Lace', version: null }], 'deny'],
    [[{ kind: 'deny', name: '*', version: '2.*' }], null],
    [[{ kind: 'allow', name: '@acme/*', version: null }], null],
    [[{ kind: 'allow', name: '@other/*', version: null }], 'not-allowed'],
    [
      [
        { kind: 'allow', name: '*', version: null },
        { kind: 'deny', name: '*lace', version: '1.0.0' },
      ],
      'deny',
    ],
  ])('%j: %s', (rules, expected) => {
    expect(ruled(rules)).toBe(expected);
  });

  test('a name is meant in any spelling, and a version in any case', () => {
    const name = { key: 'acme-lace', display: 'acme-lace' };
    const law = (rules: UpstreamRule[], policy: Partial<RegistryPolicy> = {}) => ({
      policy: { ...openPolicy, ...policy },
      rules,
      spelling: (text: string) => text.toLowerCase().replaceAll('_', '-'),
    });
    const subject = { name, version: '1.0.0-Beta', publishedAt: now };
    const deny = { kind: 'deny', name: 'Acme_*', version: '1.*-beta' } as const;
    expect(judge(subject, law([deny]), now)?.rule).toBe('deny');
    expect(judge(subject, law([{ kind: 'allow', name: 'Acme_Lace', version: null }]), now)).toBeNull();
    const exemptions = [{ name: 'Acme_Lace', version: '1.0.0-Beta', reason: '', expiresAt: null }];
    expect(judge(subject, law([], { minimumReleaseAgeHours: 1, exemptions }), now)).toBeNull();
  });

  test('a rule for versions says nothing of a file without one', () => {
    expect(ruled([{ kind: 'deny', name: '*', version: '*' }], null)).toBeNull();
  });
});

describe('age', () => {
  test.each<[Partial<RegistryPolicy>, number | null, string | null]>([
    [{}, null, null],
    [{ minimumReleaseAgeHours: 72 }, now - 72 * hour, null],
    [{ minimumReleaseAgeHours: 72 }, now - 72 * hour + 1, 'release-age'],
    [{ minimumReleaseAgeHours: 72 }, now + 1_000 * hour, 'release-age'],
    [{ minimumReleaseAgeHours: 72 }, Date.parse('+275760-09-13'), 'release-age'],
    [{ minimumReleaseAgeHours: 72 }, null, 'unknown-date'],
    [{ minimumReleaseAgeHours: 72, unknownReleaseDate: 'allow' }, null, null],
    [{ freezeAfter: now - 10 * hour }, now - 9 * hour, 'freeze'],
    [{ freezeAfter: now - 10 * hour }, now - 10 * hour, null],
    [{ freezeAfter: now - 10 * hour }, null, 'unknown-date'],
  ])('%j, published at %s: %s', (policy, publishedAt, expected) => {
    expect(aged(policy, publishedAt)).toBe(expected);
  });

  test('an exemption lets one version through until it ends', () => {
    const exempt = { name: '@acme/lace', version: '1.0.0', reason: 'r', expiresAt: now + 1 };
    const policy = { minimumReleaseAgeHours: 72, exemptions: [exempt] };
    expect(aged(policy, now)).toBeNull();
    expect(aged(policy, null)).toBeNull();
    expect(aged(policy, now, '1.0.1')).toBe('release-age');
    expect(aged({ ...policy, exemptions: [{ ...exempt, expiresAt: now }] }, now)).toBe('release-age');
  });
});

describe('globs', () => {
  test.each([
    ['*', '', true],
    ['', 'a', false],
    ['a*c', 'abc', true],
    ['a*c', 'abcd', false],
    ['*b*', 'abc', true],
    ['a.c', 'abc', false],
    ['A', 'a', false],
    ['(a+)+$', 'aaaa', false],
  ])('%j on %j: %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  test('say what a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, text, (pattern, subject) => {
        expect(matchesGlob(pattern, subject)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(subject));
      }),
    );
  });

  test('many stars cost nothing', () => {
    expect(matchesGlob(`${'*a'.repeat(2_000)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});
