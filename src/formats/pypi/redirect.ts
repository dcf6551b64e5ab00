import type { FormatRequest, PlainReply } from '../format.ts';

/** To the one spelling of a page's URL; relative, so that it holds behind any proxy. The query goes along. */
export function redirect({ query }: FormatRequest, target: string): PlainReply {
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return { status: 301, headers: { location: `${target}${search}` } };
}
