/** Upper bounds of the duration histogram, seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

const boundsMs = Float64Array.from(durationBounds, (seconds) => seconds * 1000);
/** A route's name is a template, so there are few; this is the net below that. */
const maxRoutes = 1000;

export interface RouteCounts {
  readonly route: string;
  /** Requests by method, then by the first digit of the status. */
  readonly classes: Map<string, Float64Array>;
  /** Requests by duration, one element for each bound and one for what is slower; not cumulative. */
  readonly durations: Float64Array;
  /** Sum of all durations, milliseconds. */
  totalMs: number;
}

/** Counts answered requests in plain arrays: a few map look-ups for each. */
export class RequestCounts {
  readonly #routes = new Map<string, RouteCounts>();

  add(route: string, method: string, status: number, milliseconds: number): void {
    const counts = this.#routes.get(route) ?? this.#start(route);
    let classes = counts.classes.get(method);
    if (classes === undefined) {
      classes = new Float64Array(10);
      counts.classes.set(method, classes);
    }
    const statusClass = (status / 100) | 0;
    classes[statusClass] = (classes[statusClass] ?? 0) + 1;
    let bucket = 0;
    while (bucket < boundsMs.length && milliseconds > (boundsMs[bucket] ?? 0)) bucket += 1;
    counts.durations[bucket] = (counts.durations[bucket] ?? 0) + 1;
    counts.totalMs += milliseconds;
  }

  all(): Iterable<RouteCounts> {
    return this.#routes.values();
  }

  #start(route: string): RouteCounts {
    const name = this.#routes.size < maxRoutes ? route : 'other';
    const existing = this.#routes.get(name);
    if (existing !== undefined) return existing;
    const durations = new Float64Array(boundsMs.length + 1);
    const counts: RouteCounts = { route: name, classes: new Map(), durations, totalMs: 0 };
    this.#routes.set(name, counts);
    return counts;
  }
}
