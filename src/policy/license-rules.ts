import { canKeepTo, cannotAvoid, type LicenseExpression, readLicense } from '../lib/license-expression.ts';
import { matchesGlob } from './glob.ts';

/** What rules about licenses say of a version. */
export type LicenseVerdict = 'deny' | 'not-allowed' | 'unknown-license' | null;

export interface LicenseRules {
  /** Patterns of rules that deny, of those whose name and version are meant. */
  readonly denied: readonly string[];
  /** Of rules that allow; `null` where licenses don't matter to what is allowed. */
  readonly allowed: readonly string[] | null;
  /** What becomes of versions of which nobody knows the license. */
  readonly unknown: 'deny' | 'allow';
}

/**
 * Of `MIT OR GPL-3.0-only` MIT can be chosen: a rule that denies GPL doesn't hide it, one that allows MIT lets it through.
 * Of `MIT AND GPL-3.0-only` both must be kept to.
 */
export function licenseVerdict(license: string | null, { denied, allowed, unknown }: LicenseRules): LicenseVerdict {
  if (denied.length === 0 && allowed === null) return null;
  if (license === null || license.trim() === '') return unknown === 'allow' ? null : 'unknown-license';
  const expression: LicenseExpression = readLicense(license);
  if (denied.length > 0 && cannotAvoid(expression, matcherOf(denied))) return 'deny';
  if (allowed === null || canKeepTo(expression, matcherOf(allowed))) return null;
  return 'not-allowed';
}

/** Of SPDX's ids case doesn't count. */
function matcherOf(patterns: readonly string[]): (license: string) => boolean {
  const globs = patterns.map((pattern) => pattern.toLowerCase());
  return (license) => globs.some((glob) => matchesGlob(glob, license.toLowerCase()));
}
