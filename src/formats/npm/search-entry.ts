import type { Person, SearchHit } from '../../registry/model.ts';
import { isObject, member } from './json-body.ts';
import { isUnstable } from './search-text.ts';

/** What npm calls the three parts of a score, each 0 to 1. */
export interface Weights {
  readonly quality: number;
  readonly popularity: number;
  readonly maintenance: number;
}

const year = 365 * 24 * 60 * 60 * 1_000;

/**
 * One result as npm shows it. `maintainers` is always an array, since npm crashes without it.
 * https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md#get-v1search
 */
export function searchEntry(hit: SearchHit, context: { base: string; now: number; weights: Weights }) {
  const manifest = parsed(hit.manifest);
  const detail = scoreOf(hit, manifest, context.now);
  const final = weighted(detail, context.weights);
  const publisher = hit.publisher === null ? undefined : person(hit.publisher);
  return {
    package: {
      name: hit.name,
      scope: hit.namespace ?? 'unscoped',
      version: hit.version,
      description: hit.description ?? '',
      keywords: hit.keywords,
      date: new Date(hit.publishedAt).toISOString(),
      links: linksOf(hit.name, manifest, context.base),
      author: authorOf(manifest),
      publisher,
      maintainers: hit.maintainers.map(person),
    },
    flags: { unstable: isUnstable(hit.version) },
    score: { final, detail },
    searchScore: final,
  };
}

function person({ username, email }: Person): { username: string; email?: string } {
  return email === null ? { username } : { username, email };
}

function parsed(manifest: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(manifest);
  return isObject(value) ? value : {};
}

function linksOf(name: string, manifest: Readonly<Record<string, unknown>>, base: string): Record<string, string> {
  const links: Record<string, string> = { npm: `${base}/${name.replace('/', '%2f')}` };
  for (const key of ['homepage', 'repository', 'bugs'] as const) {
    const value = member(manifest, key);
    const url = isObject(value) ? member(value, 'url') : value;
    if (typeof url === 'string' && url !== '') links[key] = url;
  }
  return links;
}

function authorOf(manifest: Readonly<Record<string, unknown>>): unknown {
  const author = member(manifest, 'author');
  if (typeof author === 'string') return { name: author };
  return isObject(author) ? author : undefined;
}

/**
 * Nothing is measured here, so the parts say only what is known: how much of the manifest is filled in, how fresh the
 * version is; and nothing of popularity.
 */
function scoreOf(hit: SearchHit, manifest: Readonly<Record<string, unknown>>, now: number): Weights {
  const filledIn = [
    hit.description !== null && hit.description !== '',
    hit.keywords.length > 0,
    member(manifest, 'repository') !== undefined,
    member(manifest, 'license') !== undefined,
    !isUnstable(hit.version),
  ];
  const age = Math.max(0, now - hit.publishedAt);
  return {
    quality: filledIn.filter(Boolean).length / filledIn.length,
    popularity: 0,
    maintenance: Math.round(100 * (year / (year + age))) / 100,
  };
}

function weighted(detail: Weights, weights: Weights): number {
  const total = weights.quality + weights.popularity + weights.maintenance;
  if (total === 0) return 0;
  const sum =
    detail.quality * weights.quality +
    detail.popularity * weights.popularity +
    detail.maintenance * weights.maintenance;
  return Math.round((1_000 * sum) / total) / 1_000;
}
