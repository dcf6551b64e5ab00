import { problem } from '../../problems/problem.ts';
import { parseVersion } from './nuget-version.ts';
import type { Shown } from './package-entries.ts';

const defaultTake = 20;
const mostTake = 1_000;
const mostSkip = 10_000;

export interface Page {
  readonly skip: number;
  readonly take: number;
}

/** `skip` and `take`: whole numbers, brought within bounds. */
export function pageIn(query: URLSearchParams): Page {
  return { skip: numberIn(query, 'skip', 0, mostSkip), take: numberIn(query, 'take', defaultTake, mostTake) };
}

/** `prerelease` (false when left out) and `semVerLevel`: from 2.0.0 on a client reads every version. */
export function shownIn(query: URLSearchParams): Shown {
  return {
    prerelease: (query.get('prerelease') ?? '').toLowerCase() === 'true',
    semVer2: readsSemVer2(query.get('semVerLevel')),
  };
}

export function readsSemVer2(level: string | null): boolean {
  const version = level === null ? null : parseVersion(level);
  return version !== null && version.numbers[0] >= 2;
}

function numberIn(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name) ?? '';
  if (text === '') return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw problem('invalid-parameter', `${name} is invalid`);
  return Math.min(most, Number(text));
}
