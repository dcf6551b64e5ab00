import type { SourceVersion, Standing } from '../../registry/model.ts';

/** What a version's owner warns of: https://learn.microsoft.com/nuget/api/registration-base-url-resource#package-deprecation. */
export interface Deprecation {
  readonly reasons: readonly string[];
  readonly message?: string;
  readonly alternatePackage?: { readonly id: string; readonly range: string };
}

const knownReasons = ['Legacy', 'CriticalBugs', 'Other'];

type Said = Pick<SourceVersion, 'standing' | 'standingReason' | 'status'>;

/** Hidden versions are treated like unlisted ones: they can be restored by those who name them. */
export function isListed({ standing, status }: Said): boolean {
  return standing !== 'unlisted' && status !== 'hidden';
}

/**
 * The deprecation that a standing's reason holds: JSON as `reasonOf` writes it, or plain words. An unlisted version may
 * be deprecated too, then its reason is such JSON.
 */
export function deprecationOf({ standing, standingReason, status }: Said): Deprecation | null {
  const read = standingReason === null ? null : readDeprecation(standingReason);
  if (read !== null) return read;
  if (standing !== 'deprecated' && status !== 'deprecated') return null;
  return {
    reasons: ['Other'],
    ...(standingReason === null || standingReason === '' ? {} : { message: standingReason }),
  };
}

/** A listing changed, what was said of it besides kept. */
export function relisted(version: Said, listed: boolean): { standing: Standing | null; reason: string | null } {
  const deprecation = deprecationOf(version);
  const reason = deprecation === null ? null : reasonOf(deprecation);
  if (!listed) return { standing: 'unlisted', reason };
  return { standing: deprecation === null ? null : 'deprecated', reason };
}

/** `{"reasons":["Legacy"],"message":"…","alternatePackage":{"id":"…","range":"*"}}`. */
export function reasonOf(deprecation: Deprecation): string {
  return JSON.stringify(deprecation);
}

function readDeprecation(text: string): Deprecation | null {
  if (!text.startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { reasons, message, alternatePackage } = value as Record<string, unknown>;
  const known = Array.isArray(reasons) ? knownReasons.filter((reason) => reasons.includes(reason)) : [];
  return {
    reasons: known.length === 0 ? ['Other'] : known,
    ...(typeof message === 'string' && message !== '' ? { message } : {}),
    ...alternative(alternatePackage),
  };
}

function alternative(value: unknown): Pick<Deprecation, 'alternatePackage'> {
  if (typeof value !== 'object' || value === null) return {};
  const { id, range } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '') return {};
  return { alternatePackage: { id, range: typeof range === 'string' && range !== '' ? range : '*' } };
}
