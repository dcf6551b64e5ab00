import type { Route } from '../formats/format.ts';

interface Part {
  /** `null` for a parameter. */
  readonly literal: string | null;
  readonly name: string;
}

interface Compiled {
  readonly route: Route;
  /** Parts before `*`, or all of them. */
  readonly head: readonly Part[];
  /** Parts after `*`; `null` when the path has none. */
  readonly tail: readonly Part[] | null;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** A format's routes, ready to match decoded segments. Earlier routes win. */
export class RouteTable {
  readonly #routes: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(compile);
  }

  /** The route for a method (HEAD counts as GET), or the methods that the path has instead. */
  find(method: string, segments: readonly string[]): Match | { readonly allowed: readonly string[] } {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const allowed = new Set<string>();
    for (const compiled of this.#routes) {
      const params = match(compiled, segments);
      if (params === null) continue;
      if (compiled.route.method === wanted) return { route: compiled.route, params };
      allowed.add(compiled.route.method);
    }
    if (allowed.has('GET')) allowed.add('HEAD');
    return { allowed: [...allowed] };
  }
}

function compile(route: Route): Compiled {
  const parts = route.path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => ({ literal: part.startsWith(':') ? null : part, name: part.slice(1) }));
  const rest = parts.findIndex(({ literal }) => literal === '*');
  return rest < 0
    ? { route, head: parts, tail: null }
    : { route, head: parts.slice(0, rest), tail: parts.slice(rest + 1) };
}

function match({ head, tail }: Compiled, segments: readonly string[]): Record<string, string> | null {
  const fixed = head.length + (tail?.length ?? 0);
  if (tail === null ? segments.length !== fixed : segments.length <= fixed) return null;
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!matchParts(head, segments, 0, params)) return null;
  if (tail === null) return params;
  const tailAt = segments.length - tail.length;
  if (!matchParts(tail, segments, tailAt, params)) return null;
  params['*'] = segments.slice(head.length, tailAt).join('/');
  return params;
}

function matchParts(
  parts: readonly Part[],
  segments: readonly string[],
  from: number,
  params: Record<string, string>,
): boolean {
  for (const [index, { literal, name }] of parts.entries()) {
    const segment = segments[from + index];
    if (segment === undefined || (literal !== null && literal !== segment)) return false;
    if (literal === null) params[name] = segment;
  }
  return true;
}
