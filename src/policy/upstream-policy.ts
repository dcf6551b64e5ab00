import { matchesGlob } from './glob.ts';

/** Lets versions of an upstream through, or not. Patterns are globs; see `matchesGlob`. */
export interface UpstreamRule {
  readonly kind: 'allow' | 'deny';
  readonly name: string;
  /** `null` = every version. */
  readonly version: string | null;
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
export interface RegistryPolicy {
  /** 0 = versions may be of any age. */
  readonly minimumReleaseAgeHours: number;
  /** What becomes of versions of which nobody knows when they were published, where age matters. */
  readonly unknownReleaseDate: 'deny' | 'allow';
  /** Versions published after this moment don't exist; `null` = all do. */
  readonly freezeAfter: number | null;
  readonly exemptions: readonly Exemption[];
  /** Names (globs) of ours that upstreams may be asked for all the same. */
  readonly sharedNames: readonly string[];
  /** Nothing is hidden; the trace says what would be. */
  readonly dryRun: boolean;
}

export const openPolicy: RegistryPolicy = {
  minimumReleaseAgeHours: 0,
  unknownReleaseDate: 'deny',
  freezeAfter: null,
  exemptions: [],
  sharedNames: [],
  dryRun: false,
};

export interface Subject {
  /** The key and the display form of its name: a pattern may mean either. */
  readonly name: { readonly key: string; readonly display: string };
  /** `null` = the file belongs to no version (an index); only rules for names apply. */
  readonly version: string | null;
  readonly publishedAt: number | null;
}

/** Which rule hides it, and a sentence about it. */
export interface Hidden {
  readonly rule: 'deny' | 'not-allowed' | 'release-age' | 'unknown-date' | 'freeze';
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

/** `null` = nothing against it. `dryRun` is the caller's to heed. */
export function judge(subject: Subject, law: Law, now: number): Hidden | null {
  return ruledOut(subject, law) ?? (needsDates(law.policy) ? tooYoung(subject, law, now) : null);
}

/** Whether a glob means a name, however it is spelled. */
export function meansName(glob: string, { key, display }: Subject['name'], spelling?: Law['spelling']): boolean {
  if (matchesGlob(glob, key) || matchesGlob(glob, display)) return true;
  return spelling !== undefined && matchesGlob(spelling(glob), key);
}

/** Deny wins; once there is an allow rule, what none allows is denied. */
function ruledOut(subject: Subject, { rules, spelling }: Law): Hidden | null {
  const denied = rules.find((rule) => rule.kind === 'deny' && applies(rule, subject, spelling));
  if (denied !== undefined) return { rule: 'deny', reason: `The rule "deny ${textOf(denied)}" hides it.` };
  const allowing = rules.filter(({ kind }) => kind === 'allow');
  if (allowing.length === 0 || allowing.some((rule) => applies(rule, subject, spelling))) return null;
  return { rule: 'not-allowed', reason: 'The upstream has rules that allow, and none of them allows this.' };
}

/** Of versions case never counts: a document and a file may write it differently. */
function applies(rule: UpstreamRule, { name, version }: Subject, spelling: Law['spelling']): boolean {
  if (!meansName(rule.name, name, spelling)) return false;
  return rule.version === null || (version !== null && matchesGlob(rule.version.toLowerCase(), version.toLowerCase()));
}

function textOf({ name, version }: UpstreamRule): string {
  return version === null ? name : `${name}@${version}`;
}

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
    reason: `It must be ${policy.minimumReleaseAgeHours} hours old, which it is on ${new Date(readyAt).toISOString()}.`,
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
