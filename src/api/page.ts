/** Offset pagination as GitLab does it: https://docs.gitlab.com/api/rest/#pagination */
import { Type } from 'typebox';
import { problem } from '../problems/problem.ts';
import type { PlainAnswer } from './operation.ts';

const largestPage = 100;
/** Rows that a list may skip: deeper offsets cost the database more than anyone gains from them. */
const deepestOffset = 50_000;

/** Query parameters of every list; spread into its schema. */
export const pageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, default: 1, description: 'Number of the page, from 1.' })),
  per_page: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: 20,
      description: `Items on a page; more than ${largestPage} gives ${largestPage}.`,
    }),
  ),
};

export interface Page {
  readonly number: number;
  readonly size: number;
  readonly offset: number;
}

/** `invalid-parameter` when the page lies too deep. */
export function pageOf(query: { page?: number; per_page?: number }): Page {
  const number = query.page ?? 1;
  const size = Math.min(query.per_page ?? 20, largestPage);
  const offset = (number - 1) * size;
  if (offset > deepestOffset) {
    throw problem(
      'invalid-parameter',
      `Lists can skip at most ${deepestOffset} items; narrow this one with filters, or sort it the other way.`,
    );
  }
  return { number, size, offset };
}

/** A list with its pagination headers. `url` is the path and query that were asked, `origin` the server's base. */
export function pageAnswer(
  items: readonly unknown[],
  total: number,
  page: Page,
  asked: { readonly origin: string; readonly url: string },
): PlainAnswer {
  return { status: 200, body: items, headers: pageHeaders(total, page, asked) };
}

/** Cuts one page out of a list that is whole already. */
export function slicedAnswer(
  items: readonly unknown[],
  page: Page,
  asked: { readonly origin: string; readonly url: string },
): PlainAnswer {
  return pageAnswer(items.slice(page.offset, page.offset + page.size), items.length, page, asked);
}

export function pageHeaders(
  total: number,
  page: Page,
  asked: { readonly origin: string; readonly url: string },
): Record<string, string> {
  const last = Math.max(1, Math.ceil(total / page.size));
  const previous = page.number > 1 ? Math.min(page.number - 1, last) : null;
  const next = page.number < last ? page.number + 1 : null;
  const link = (number: number, relation: string) => `<${pageUrl(asked, number, page.size)}>; rel="${relation}"`;
  return {
    'x-total': String(total),
    'x-total-pages': String(last),
    'x-page': String(page.number),
    'x-per-page': String(page.size),
    'x-next-page': next === null ? '' : String(next),
    'x-prev-page': previous === null ? '' : String(previous),
    link: [
      ...(previous === null ? [] : [link(previous, 'prev')]),
      ...(next === null ? [] : [link(next, 'next')]),
      link(1, 'first'),
      link(last, 'last'),
    ].join(', '),
  };
}

function pageUrl(asked: { readonly origin: string; readonly url: string }, number: number, size: number): string {
  const [path = '', search = ''] = asked.url.split('?', 2);
  const query = new URLSearchParams(search);
  query.set('page', String(number));
  query.set('per_page', String(size));
  // A request line may hold bytes that a header or the angle brackets of Link may not.
  const safePath = path.replace(/[^\w\-.~%/:@!$&'()*+,;=]/g, (character) => encodeURIComponent(character));
  return `${asked.origin}${safePath}?${query.toString()}`;
}
