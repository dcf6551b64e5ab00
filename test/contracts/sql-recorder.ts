import type { Database, Session, Transaction } from '../../src/database/database.ts';

/** Notes every statement of every database that is opened while it is `on`. */
export class SqlRecorder {
  readonly texts = new Set<string>();
  on = false;
  /** The last one that was opened. */
  database: Database | null = null;

  watch(database: Database): Database {
    const watched = this.#watch(database, {
      transaction: (work: (tx: Transaction) => Promise<unknown>, options?: object) =>
        database.transaction((tx) => work(this.#watch(tx, {})), options),
    });
    this.database = watched;
    return watched;
  }

  #watch<S extends Session>(session: S, instead: Readonly<Record<string, unknown>>): S {
    return new Proxy(session, {
      get: (target, key) => {
        if (typeof key === 'string' && Object.hasOwn(instead, key)) return instead[key];
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (this.on && (key === 'all' || key === 'get' || key === 'run')) this.#note(args[0]);
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }

  /** White space makes no difference to an engine; how long a list of values is depends on how much there is. */
  #note(sql: unknown): void {
    const text = String(sql).replace(/\s+/g, ' ').trim();
    this.texts.add(text.replace(/ in \(\?(?:, \?)*\)/g, ' in (?, …)'));
  }
}
