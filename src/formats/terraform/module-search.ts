import { problem } from '../../problems/problem.ts';
import type { SearchHit } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { viewOf } from './registry-download.ts';
import { sourceOf } from './version-list.ts';

const standardLimit = 15;
const mostLimit = 100;

/**
 * `GET /modules/v1`, `/modules/v1/:namespace`, `/modules/v1/search?q=`: the public registry's lists, for tools and pages.
 * https://developer.hashicorp.com/terraform/registry/api-docs#list-modules
 */
export async function listModules(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { params, query, base } = request;
  const limit = Math.min(numberIn(query, 'limit', standardLimit) || standardLimit, mostLimit);
  const offset = numberIn(query, 'offset', 0);
  const words = (query.get('q') ?? '').split(/\s+/).filter((word) => word !== '');
  const system = query.get('provider') ?? '';
  const view = params['namespace'] === undefined ? registry : await viewOf(request, registry);
  const { hits, total } = await view.search({
    words,
    ...(system === '' ? {} : { keywords: [system] }),
    limit,
    offset,
  });
  const next = offset + limit < total ? offset + limit : null;
  const meta = {
    limit,
    current_offset: offset,
    ...(next === null ? {} : { next_offset: next, next_url: pageUrl(request, limit, next) }),
    ...(offset === 0 ? {} : { prev_offset: Math.max(0, offset - limit) }),
  };
  return { status: 200, body: { meta, modules: hits.map((hit) => entryOf(hit, base)) } };
}

/** The same list from `offset` on, as a path. */
function pageUrl({ params, query, base }: FormatRequest, limit: number, offset: number): string {
  const more = new URLSearchParams(query);
  more.set('limit', String(limit));
  more.set('offset', String(offset));
  const { namespace } = params;
  const below = namespace === undefined ? (query.has('q') ? '/search' : '') : `/${encodeURIComponent(namespace)}`;
  return `${new URL(base).pathname}/modules/v1${below}?${more.toString()}`;
}

function entryOf(
  { name, version, description, publishedAt, projectPath, projectId, publisher }: SearchHit,
  base: string,
) {
  const namespace = projectPath.slice(0, projectPath.indexOf('/'));
  const [short = '', system = ''] = name.split('/');
  return {
    id: `${namespace}/${name}/${version}`,
    owner: publisher?.username ?? '',
    namespace,
    name: short,
    version,
    provider: system,
    description: description ?? '',
    source: sourceOf(base, projectId, name),
    published_at: new Date(publishedAt).toISOString(),
    verified: false,
  };
}

function numberIn(query: URLSearchParams, name: string, standard: number): number {
  const text = query.get(name);
  if (text === null || text === '') return standard;
  if (!/^\d{1,9}$/.test(text)) throw problem('invalid-parameter', `${name} is not a number.`);
  return Number(text);
}
