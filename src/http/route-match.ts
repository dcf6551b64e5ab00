import type { MountScope, Route } from '../formats/format.ts';

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

export interface NoMatch {
  /** Methods that the path takes at this mount. */
  readonly allowed: readonly string[];
  /** What to do instead, when another kind of mount has the route. */
  readonly hint: string | null;
}

/** A format's routes, ready to match decoded segments. Earlier routes win. */
export class RouteTable {
  readonly #routes: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(compile);
  }

  /** The route for a method (HEAD counts as GET) at a kind of mount, or what there is instead. */
  find(method: string, segments: readonly string[], scope: MountScope = 'project'): Match | NoMatch {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const allowed = new Set<string>();
    let hint: string | null = null;
    for (const compiled of this.#routes) {
      const params = match(compiled, segments);
      if (params === null) continue;
      const { route } = compiled;
      const isHere = route.scopes === undefined || route.scopes.includes(scope);
      if (isHere && route.method === wanted) return { route, params };
      if (isHere) allowed.add(route.method);
      else if (route.method === wanted) hint ??= route.scopeHint ?? 'Use the URL of a project for this.';
    }
    if (allowed.has('GET')) allowed.add('HEAD');
    return { allowed: [...allowed], hint };
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
