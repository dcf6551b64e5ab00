import { describe, expect, test } from 'vitest';
import { judge, openPolicy, type RegistryPolicy, type UpstreamRule } from './upstream-policy.ts';

const allow = (license: string | null, name = '*'): UpstreamRule => ({ kind: 'allow', name, version: null, license });
const deny = (license: string | null, name = '*'): UpstreamRule => ({ kind: 'deny', name, version: null, license });

function verdict(license: string | null, rules: UpstreamRule[], policy: Partial<RegistryPolicy> = {}): string | null {
  const subject = { name: { key: 'lace', display: 'lace' }, version: '1.0.0', publishedAt: null, license };
  return judge(subject, { policy: { ...openPolicy, ...policy }, rules }, 0)?.rule ?? null;
}

describe('licenses', () => {
  test.each<[string | null, UpstreamRule[], string | null]>([
    ['GPL-3.0-only', [deny('*GPL-3.0*')], 'deny'],
    ['AGPL-3.0-or-later', [deny('*gpl-3.0*')], 'deny'],
    ['MIT', [deny('*GPL-3.0*')], null],
    ['MIT OR GPL-3.0-only', [deny('*GPL-3.0*')], null],
    ['MIT AND GPL-3.0-only', [deny('*GPL-3.0*')], 'deny'],
    ['GPL-2.0-only OR AGPL-3.0-only', [deny('GPL*'), deny('AGPL*')], 'deny'],
    ['MIT OR GPL-3.0-only', [allow('MIT')], null],
    ['MIT AND Apache-2.0', [allow('MIT')], 'not-allowed'],
    ['MIT AND Apache-2.0', [allow('MIT'), allow('Apache-2.0')], null],
    ['MIT OR GPL-3.0-only', [allow('MIT'), deny('MIT')], null],
    ['UNLICENSED', [allow('MIT')], 'not-allowed'],
    ['SEE LICENSE IN LICENSE', [deny('SEE LICENSE*')], 'deny'],
    [null, [deny('*GPL-3.0*')], 'unknown-license'],
    [' ', [allow('MIT')], 'unknown-license'],
    // Rules that don't ask for licenses decide without them.
    [null, [allow('MIT'), allow(null, 'lace')], null],
    [null, [allow('MIT', 'other')], 'not-allowed'],
    [null, [deny('MIT', 'other')], null],
    [null, [deny(null, 'lace'), allow('MIT')], 'deny'],
    ['MIT', [{ kind: 'deny', name: '*', version: '2.*', license: 'MIT' }], null],
    ['MIT', [{ kind: 'deny', name: '*', version: '1.*', license: 'MIT' }], 'deny'],
  ])('%s with %j: %s', (license, rules, expected) => {
    expect(verdict(license, rules)).toBe(expected);
  });

  test.each<[UpstreamRule[]]>([[[deny('*GPL*')]], [[allow('MIT')]]])('unknown ones may be allowed: %j', (rules) => {
    expect(verdict(null, rules, { unknownLicense: 'allow' })).toBeNull();
  });

  test('the reason names the license', () => {
    const subject = { name: { key: 'lace', display: 'lace' }, version: '1.0.0', publishedAt: null, license: 'GPL-3.0' };
    const law = { policy: openPolicy, rules: [deny('GPL*')] };
    expect(judge(subject, law, 0)?.reason).toBe('Its license is GPL-3.0, which a rule of the upstream denies.');
  });
});
