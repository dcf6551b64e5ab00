import { describe, expect, test } from 'vitest';
import type { AdvisoryPolicy, Finding } from './advisory-policy.ts';
import { judge, openPolicy, warningAbout } from './upstream-policy.ts';

const finding = (osvId: string, severity: Finding['severity'], aliases: string[] = []): Finding => {
  return { osvId, aliases, severity, summary: 'It leaks.\nMuch.' };
};
const high = finding('GHSA-1', 'high', ['CVE-2026-1']);

function blocked(findings: Finding[], policy: Partial<AdvisoryPolicy> = {}): string | null {
  const subject = { name: { key: 'lace', display: 'Lace' }, version: '1.0.0', publishedAt: null, findings };
  const law = { policy: { ...openPolicy, advisoryAction: 'block', ...policy } as const, rules: [] };
  return judge(subject, law, 1_000)?.reason ?? null;
}

const exempt = (of: Partial<AdvisoryPolicy['advisoryExemptions'][number]>) => ({
  advisoryExemptions: [{ id: 'GHSA-1', name: null, version: null, reason: 'r', expiresAt: null, ...of }],
});

describe('what blocks', () => {
  test.each<[string, Finding[], Partial<AdvisoryPolicy>, string | null]>([
    ['nothing known', [], {}, null],
    ['one', [high], {}, 'GHSA-1'],
    ['below the severity that counts', [finding('A', 'moderate')], {}, null],
    ['a lower severity may count', [finding('A', 'low')], { advisoryMinimumSeverity: 'low' }, 'A'],
    ['the gravest is named', [high, finding('MAL-1', 'critical'), finding('B', 'high')], {}, 'MAL-1'],
    ['exempt by id', [high], exempt({}), null],
    ['exempt by another id of the same, in any case', [high], exempt({ id: 'cve-2026-1' }), null],
    ['exempt for one package', [high], exempt({ name: 'l*ce' }), null],
    ['exempt for another package', [high], exempt({ name: 'rope' }), 'GHSA-1'],
    ['exempt for one version', [high], exempt({ version: '1.0.0' }), null],
    ['exempt for another version', [high], exempt({ version: '1.0.1' }), 'GHSA-1'],
    ['exempt no more', [high], exempt({ expiresAt: 1_000 }), 'GHSA-1'],
    ['another one counts all the same', [high, finding('B', 'high')], exempt({}), 'B'],
    ['only told', [high], { advisoryAction: 'warn' }, null],
    ['not asked', [high], { advisoryAction: 'none' }, null],
  ])('%s', (_, findings, policy, id) => {
    const reason = blocked(findings, policy);
    if (id === null) expect(reason).toBeNull();
    else expect(reason).toContain(`The advisory ${id} (`);
  });

  test('an exemption from age says nothing of advisories', () => {
    const exemptions = [{ name: 'lace', version: '1.0.0', reason: 'r', expiresAt: null }];
    const subject = { name: { key: 'lace', display: 'lace' }, version: '1.0.0', publishedAt: 1_000, findings: [high] };
    const policy = { ...openPolicy, advisoryAction: 'block', exemptions, minimumReleaseAgeHours: 1 } as const;
    expect(judge(subject, { policy, rules: [] }, 1_000)?.rule).toBe('advisory');
    expect(judge({ ...subject, findings: [] }, { policy, rules: [] }, 1_000)).toBeNull();
  });
});

test('a warning is one sentence', () => {
  const subject = { name: { key: 'lace', display: 'lace' }, version: '1.0.0', publishedAt: null, findings: [high] };
  const law = { policy: { ...openPolicy, advisoryAction: 'warn' } as const, rules: [] };
  expect(warningAbout(subject, law, 0)).toEqual({
    advisory: 'GHSA-1',
    severity: 'high',
    reason: 'The advisory GHSA-1 (high) speaks of this version: It leaks. Much.',
  });
});
