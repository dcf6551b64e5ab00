import type { Route } from '../formats/format.ts';

type Pattern = readonly { readonly literal: string | null; readonly name: string }[];

interface Compiled {
  readonly route: Route;
  readonly pattern: Pattern;
  readonly open: boolean;
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
    .slice(1)
    .filter((part) => part !== '');
  const open = parts.at(-1) === '*';
  const pattern = parts.map((part) => ({
    literal: part.startsWith(':') || part === '*' ? null : part,
    name: part === '*' ? '*' : part.slice(1),
  }));
  return { route, pattern, open };
}

function match({ pattern, open }: Compiled, segments: readonly string[]): Record<string, string> | null {
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return null;
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return null;
    if (part.literal !== null) {
      if (part.literal !== segment) return null;
    } else {
      params[part.name] = part.name === '*' ? segments.slice(index).join('/') : segment;
    }
  }
  return params;
}
