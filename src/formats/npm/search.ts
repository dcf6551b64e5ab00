import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { SearchHit } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { searchEntry, type Weights } from './search-entry.ts';
import { type Criteria, parseSearchText } from './search-text.ts';

const defaultSize = 20;
const largestSize = 250;
const lastResult = 10_000;
/** How many hits are looked at one by one for qualifiers that the registry can't look up. */
const mostExamined = 2_000;

/** `GET /-/v1/search?text=…&size=20&from=0`: packages that the caller may read through this mount. */
export async function search(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { query, base } = request;
  const limit = wholeNumber(query, 'size', { otherwise: defaultSize, least: 1, most: largestSize });
  const offset = wholeNumber(query, 'from', { otherwise: 0, least: 0, most: lastResult });
  const criteria = parseSearchText(query.get('text') ?? '');
  const { hits, total } = await find(registry, criteria, { limit, offset });
  const context = { base, now: registry.now(), weights: weightsIn(query) };
  const objects = hits.map((hit) => searchEntry(hit, context));
  return { status: 200, body: { objects, total, time: new Date(context.now).toISOString() } };
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

async function find(registry: RegistryPort, { query, keep, empty }: Criteria, page: Page) {
  if (empty) return { hits: [], total: 0 };
  if (keep === null) return registry.search({ ...query, ...page });
  const kept: SearchHit[] = [];
  for (let offset = 0; offset < mostExamined; offset += largestSize) {
    const { hits } = await registry.search({ ...query, limit: largestSize, offset });
    kept.push(...hits.filter(keep));
    if (hits.length < largestSize) break;
  }
  return { hits: kept.slice(page.offset, page.offset + page.limit), total: kept.length };
}

/** A number in the query, brought within its bounds; text that is no whole number is refused. */
function wholeNumber(
  query: URLSearchParams,
  name: string,
  bounds: { readonly otherwise: number; readonly least: number; readonly most: number },
): number {
  const text = query.get(name) ?? '';
  if (text === '') return bounds.otherwise;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw problem('invalid-parameter', `${name} must be a whole number.`);
  return Math.min(bounds.most, Math.max(bounds.least, Number(text)));
}

/** npm's own weights stand in for what is missing or makes no sense. */
function weightsIn(query: URLSearchParams): Weights {
  const weight = (name: string, otherwise: number): number => {
    const value = Number(query.get(name) ?? otherwise);
    return Number.isFinite(value) && value >= 0 && value <= 1 ? value : otherwise;
  };
  return {
    quality: weight('quality', 0.65),
    popularity: weight('popularity', 0.98),
    maintenance: weight('maintenance', 0.5),
  };
}
