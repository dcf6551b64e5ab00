import {
  type AdvisoryExemption,
  type AdvisoryPolicy,
  type Finding,
  gravest,
  noAdvisoryPolicy,
  sentenceOf,
} from './advisory-policy.ts';
import { oneLine } from '../lib/one-line.ts';
import { matchesGlob } from './glob.ts';
import { licenseVerdict } from './license-rules.ts';

/** Lets versions of an upstream through, or not. Patterns are globs; see `matchesGlob`. */
export interface UpstreamRule {
  readonly kind: 'allow' | 'deny';
  readonly name: string;
  /** `null` = every version. */
  readonly version: string | null;
  /** A pattern for licenses (SPDX); left out or `null` = whatever the license. */
  readonly license?: string | null;
}

/** One version that is let through in spite of its age. */
export interface Exemption {
  readonly name: string;
  readonly version: string;
  readonly reason: string;
  /** Milliseconds since the epoch; `null` = it doesn't end. */
  readonly expiresAt: number | null;
}

/** What a virtual registry asks of versions that come from elsewhere. */
export interface RegistryPolicy extends AdvisoryPolicy {
  /** 0 = versions may be of any age. */
  readonly minimumReleaseAgeHours: number;
  /** What becomes of versions of which nobody knows when they were published, where age matters. */
  readonly unknownReleaseDate: 'deny' | 'allow';
  /** The same of versions whose license nobody knows, where rules name licenses. */
  readonly unknownLicense: 'deny' | 'allow';
  /** Versions published after this moment don't exist; `null` = all do. */
  readonly freezeAfter: number | null;
  readonly exemptions: readonly Exemption[];
  /** Names (globs) of ours that upstreams may be asked for all the same. */
  readonly sharedNames: readonly string[];
  /** Upstreams are asked for all names of ours, now and then, to tell which they have too. */
  readonly checkPublicTwins: boolean;
  /** Nothing is hidden; the trace says what would be. */
  readonly dryRun: boolean;
}

export const openPolicy: RegistryPolicy = {
  minimumReleaseAgeHours: 0,
  unknownReleaseDate: 'deny',
  unknownLicense: 'deny',
  freezeAfter: null,
  exemptions: [],
  sharedNames: [],
  checkPublicTwins: false,
  dryRun: false,
  ...noAdvisoryPolicy,
};

export interface Subject {
  /** The key and the display form of its name: a pattern may mean either. */
  readonly name: { readonly key: string; readonly display: string };
  /** `null` = the file belongs to no version (an index); only rules for names apply. */
  readonly version: string | null;
  readonly publishedAt: number | null;
  /** An expression of SPDX, or what the package says instead; `null` or left out = unknown. */
  readonly license?: string | null;
  /** What advisories say of this version. */
  readonly findings?: readonly Finding[];
}

/** Which rule hides it, and a sentence about it. */
export interface Hidden {
  readonly rule: 'deny' | 'not-allowed' | 'unknown-license' | 'advisory' | 'release-age' | 'unknown-date' | 'freeze';
  readonly reason: string;
}

/** An advisory that policy lets through, and tells of. */
export interface Warned {
  readonly advisory: string;
  readonly severity: string;
  readonly reason: string;
}

/** What a subject is judged by. */
export interface Law {
  readonly policy: RegistryPolicy;
  readonly rules: readonly UpstreamRule[];
  /** A pattern in the spelling of keys, where names may be spelled in several ways. */
  readonly spelling?: ((pattern: string) => string) | undefined;
}

/** Whether a policy needs to know when versions were published. */
export function needsDates({ minimumReleaseAgeHours, freezeAfter }: RegistryPolicy): boolean {
  return minimumReleaseAgeHours > 0 || freezeAfter !== null;
}

/** Whether rules need to know under which license versions may be used. */
export function needsLicenses(rules: readonly UpstreamRule[]): boolean {
  return rules.some(({ license }) => hasText(license));
}

/** `null` = nothing against it. `dryRun` is the caller's to heed. */
export function judge(subject: Subject, law: Law, now: number): Hidden | null {
  return ruledOut(subject, law) ?? advisedAgainst(subject, law, now) ?? judgeAge(subject, law, now);
}

/** What age alone has against it. */
export function judgeAge(subject: Subject, law: Law, now: number): Hidden | null {
  return needsDates(law.policy) ? tooYoung(subject, law, now) : null;
}

/** What is told of a version that policy only warns of; `null` = nothing. */
export function warningAbout(subject: Subject, law: Law, now: number): Warned | null {
  if (law.policy.advisoryAction !== 'warn') return null;
  const finding = findingAgainst(subject, law, now);
  if (finding === null) return null;
  return { advisory: finding.osvId, severity: finding.severity, reason: sentenceOf(finding) };
}

function advisedAgainst(subject: Subject, law: Law, now: number): Hidden | null {
  const finding = law.policy.advisoryAction === 'block' ? findingAgainst(subject, law, now) : null;
  return finding === null ? null : { rule: 'advisory', reason: sentenceOf(finding) };
}

function findingAgainst(subject: Subject, { policy, spelling }: Law, now: number): Finding | null {
  const isOf = ({ name, version }: AdvisoryExemption): boolean =>
    (name === null || meansName(name, subject.name, spelling)) &&
    (version === null || version.toLowerCase() === subject.version?.toLowerCase());
  return gravest(subject.findings ?? [], policy, isOf, now);
}

/** Whether a glob means a name, however it is spelled. */
export function meansName(glob: string, { key, display }: Subject['name'], spelling?: Law['spelling']): boolean {
  if (matchesGlob(glob, key) || matchesGlob(glob, display)) return true;
  return spelling !== undefined && matchesGlob(spelling(glob), key);
}

/** Deny wins; once there is an allow rule, what none allows is denied. */
function ruledOut(subject: Subject, law: Law): Hidden | null {
  if (law.rules.length === 0) return null;
  const meant = law.rules.filter((rule) => applies(rule, subject, law.spelling));
  const denied = meant.find(({ kind, license }) => kind === 'deny' && !hasText(license));
  if (denied !== undefined) return { rule: 'deny', reason: `The rule "deny ${textOf(denied)}" hides it.` };
  const allowing = meant.filter(({ kind }) => kind === 'allow');
  if (allowing.length === 0 && law.rules.some(({ kind }) => kind === 'allow')) return notAllowed;
  return ruledOutByLicense(subject, law, meant, allowing);
}

const notAllowed: Hidden = {
  rule: 'not-allowed',
  reason: 'The upstream has rules that allow, and none of them allows this.',
};

function ruledOutByLicense(
  { license = null, version }: Subject,
  { policy }: Law,
  meant: readonly UpstreamRule[],
  allowing: readonly UpstreamRule[],
): Hidden | null {
  const matters = allowing.length > 0 && allowing.every((rule) => hasText(rule.license));
  const verdict = licenseVerdict(license, {
    // A file without a version has no license of its own.
    denied: version === null ? [] : patternsOf(meant.filter(({ kind }) => kind === 'deny')),
    allowed: matters ? patternsOf(allowing) : null,
    unknown: policy.unknownLicense,
  });
  if (verdict === null) return null;
  if (verdict === 'unknown-license') {
    return { rule: verdict, reason: 'Nobody knows the license of this version, and rules of the upstream ask for it.' };
  }
  const what = `Its license is ${oneLine(license ?? '')}`;
  if (verdict === 'deny') return { rule: 'deny', reason: `${what}, which a rule of the upstream denies.` };
  return { rule: verdict, reason: `${what}, which none of the upstream's rules allows.` };
}

function patternsOf(rules: readonly UpstreamRule[]): string[] {
  return rules.flatMap(({ license }) => (hasText(license) ? [license] : []));
}

function hasText(license: string | null | undefined): license is string {
  return license !== undefined && license !== null && license !== '';
}

/** Of versions case never counts: a document and a file may write it differently. */
function applies(rule: UpstreamRule, { name, version }: Subject, spelling: Law['spelling']): boolean {
  if (!meansName(rule.name, name, spelling)) return false;
  return rule.version === null || (version !== null && matchesGlob(rule.version.toLowerCase(), version.toLowerCase()));
}

function textOf({ name, version }: UpstreamRule): string {
  return version === null ? name : `${name}@${version}`;
}

/** The latest time that there is a date for: https://tc39.es/ecma262/#sec-time-values-and-time-range. */
const lastTime = 8_640_000_000_000_000;

function tooYoung(subject: Subject, law: Law, now: number): Hidden | null {
  const { version, publishedAt } = subject;
  const { policy } = law;
  if (version === null || isExempt(subject, law, now)) return null;
  if (publishedAt === null) {
    if (policy.unknownReleaseDate === 'allow') return null;
    return { rule: 'unknown-date', reason: 'Nobody knows when this version was published, and a minimum age is set.' };
  }
  if (policy.freezeAfter !== null && publishedAt > policy.freezeAfter) {
    return { rule: 'freeze', reason: `It was published after ${new Date(policy.freezeAfter).toISOString()}.` };
  }
  const readyAt = publishedAt + policy.minimumReleaseAgeHours * 3_600_000;
  if (readyAt <= now) return null;
  return {
    rule: 'release-age',
    reason: `It must be ${policy.minimumReleaseAgeHours} hours old, which it is on ${new Date(Math.min(readyAt, lastTime)).toISOString()}.`,
  };
}

function isExempt({ name, version }: Subject, { policy, spelling }: Law, now: number): boolean {
  return policy.exemptions.some(
    (exempt) =>
      ([name.key, name.display].includes(exempt.name) || spelling?.(exempt.name) === name.key) &&
      exempt.version.toLowerCase() === version?.toLowerCase() &&
      (exempt.expiresAt === null || exempt.expiresAt > now),
  );
}

/** Policies as they are stored: what an older version of ours wrote lacks what is new. */
export function readPolicy(text: string): RegistryPolicy {
  return { ...openPolicy, ...(JSON.parse(text) as Partial<RegistryPolicy>) };
}

export function readRules(text: string): readonly UpstreamRule[] {
  return JSON.parse(text) as UpstreamRule[];
}
