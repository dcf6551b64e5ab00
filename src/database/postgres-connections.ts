/** The pool of connections: opened when needed, checked once, dropped when they break. Nothing that happens to them ends the process. */
import type { Pool, PoolClient } from 'pg';
import { because, unavailable } from './postgres-errors.ts';
import { execute } from './postgres-execute.ts';
import { types } from './postgres-values.ts';

export interface ConnectionOptions {
  /** Most connections at a time. */
  readonly poolSize?: number;
  /** Milliseconds until a request is told that there is no connection for it. */
  readonly connectLimit?: number;
  /** Milliseconds a statement may take; with `patient` transactions, any time. */
  readonly statementLimit?: number;
  /** Milliseconds a statement waits for a lock. */
  readonly lockLimit?: number;
  /** Milliseconds a transaction may stand still between two statements. */
  readonly idleLimit?: number;
}

export const defaultLimits = {
  poolSize: 10,
  connectLimit: 5_000,
  statementLimit: 30_000,
  lockLimit: 10_000,
  idleLimit: 30_000,
} as const;

/** Time for the answer to travel: the server itself ends a statement that takes too long, unless it hangs. */
const grace = 5_000;
const keepAliveAfter = 10_000;
const idleFor = 60_000;
/** A connection is not kept for ever: after a failover they find the new server, and the server's memory is freed. */
const lifetime = 30 * 60;
const oldestServer = 120_000;

/** Refuses, with a sentence for the administrator, a server that Packyard can't run on. */
export class UnfitServer extends Error {}

export class Connections {
  readonly #pool: Pool;
  readonly #open = new Set<PoolClient>();
  readonly #checked = new WeakSet<PoolClient>();
  readonly #limits: Required<ConnectionOptions>;
  /** Milliseconds after which an answer is no longer waited for. */
  readonly answerLimit: number;

  constructor(PoolOfPg: typeof Pool, url: string, options: ConnectionOptions) {
    this.#limits = { ...defaultLimits, ...options };
    this.answerLimit = this.#limits.statementLimit + grace;
    this.#pool = new PoolOfPg({
      connectionString: url,
      max: this.#limits.poolSize,
      connectionTimeoutMillis: this.#limits.connectLimit,
      idleTimeoutMillis: idleFor,
      maxLifetimeSeconds: lifetime,
      pipeline: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfter,
      fallback_application_name: 'packyard',
      types,
    });
    // An idle connection broke: the pool has dropped it already.
    this.#pool.on('error', ignore);
    // While it is lent out the pool does not listen: an error without a listener would end the process.
    this.#pool.on('connect', (client) => this.#open.add(client.on('error', ignore)));
    this.#pool.on('remove', (client) => this.#open.delete(client));
  }

  /** A connection of the caller's own until `release`. `storage-unavailable` when none comes in time. */
  async acquire(): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      if (!this.#checked.has(client)) await this.#check(client);
      return client;
    } catch (error) {
      throw because(error, unavailable('The database cannot be reached. Try again.'));
    }
  }

  /** Says goodbye to the server, and does not wait long for it to hang up. */
  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#pool.on('remove', () => (this.#open.size === 0 ? resolve() : undefined));
      if (this.#open.size === 0) resolve();
    });
    const impatience = setTimeout(() => {
      for (const client of this.#open) client.connection.stream.destroy();
    }, this.#limits.connectLimit);
    // Resolves when all have been told to go.
    await this.#pool.end();
    await gone;
    clearTimeout(impatience);
  }

  async #check(client: PoolClient): Promise<void> {
    const { statementLimit, lockLimit, idleLimit, connectLimit } = this.#limits;
    const values = [String(statementLimit), String(lockLimit), String(idleLimit)];
    try {
      const { rows } = await execute(client, { text: setUp, values }, connectLimit);
      refuseUnfit(rows[0] as ServerFacts | undefined);
      this.#checked.add(client);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}

function ignore(): void {
  // Whoever uses the connection is told by its own statement.
}

interface ServerFacts {
  readonly version: number;
  readonly encoding: string;
  readonly standby: 0 | 1;
}

/**
 * One round trip. Not sent with the start of the connection, because poolers such as PgBouncer refuse most settings there.
 * A commit must be on disk when it is acknowledged: `off` is raised to `on`, what waits for standbys is left as it is.
 */
const setUp = `select current_setting('server_version_num')::int as version,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
  set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
  set_config('idle_in_transaction_session_timeout', $3, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit',
    case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false),
  set_config('standard_conforming_strings', 'on', false), set_config('bytea_output', 'hex', false),
  set_config('client_min_messages', 'warning', false), set_config('jit', 'off', false)`;

function refuseUnfit(facts: ServerFacts | undefined): void {
  if (facts === undefined || facts.version < oldestServer) {
    throw new UnfitServer('Packyard needs PostgreSQL 12 or newer.');
  }
  if (facts.encoding !== 'UTF8') {
    throw new UnfitServer(`The database has the encoding ${facts.encoding}. Make one with the encoding UTF8.`);
  }
  // It may be behind, and can't be written: whoever read from it would not see what was just published.
  if (facts.standby === 1) throw new Error('The server is a standby.');
}
