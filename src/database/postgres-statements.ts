/** Turns statements into what `pg` sends: numbered placeholders, checked values, and a name for those that are used often. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SqlValue } from './database.ts';
import { checkCount, numberPlaceholders } from './sql-text.ts';
import { checkValue } from './sql-value.ts';

/** Lists have texts without end, by their filters: those are numbered anew when they come back. */
const mostKnown = 1_000;

/** Each costs the server some ten kilobytes in each connection, until it closes. */
const mostNamed = 256;

/** A text that comes a third time is worth a plan that stays. */
const usesBeforeName = 2;

interface Known {
  readonly text: string;
  readonly placeholders: number;
  uses: number;
}

export interface Query {
  readonly text: string;
  readonly values: SqlValue[];
  /** The server keeps its plan under this name, for one connection. */
  readonly name?: string;
}

/** One for all connections: a name means the same text in each. */
export class Statements {
  readonly #known = new LRUCache<string, Known>({ max: mostKnown });
  #names = new Map<string, string>();
  #generation = 0;

  /** Throws for values that the contract refuses, and for a wrong number of them. */
  query(sql: string, params: readonly SqlValue[]): Query {
    const known = this.#know(sql);
    checkCount(sql, known.placeholders, params);
    for (const value of params) checkValue(value);
    const name = this.#nameOf(known);
    const query = { text: known.text, values: params as SqlValue[] };
    return name === undefined ? query : { ...query, name };
  }

  /** The plans under the names so far are out of date: somebody changed a table. */
  renew(): void {
    this.#names = new Map();
    this.#generation += 1;
  }

  #know(sql: string): Known {
    let known = this.#known.get(sql);
    if (known === undefined) {
      known = { ...numberPlaceholders(sql), uses: 0 };
      this.#known.set(sql, known);
    }
    return known;
  }

  #nameOf(known: Known): string | undefined {
    const name = this.#names.get(known.text);
    if (name !== undefined) return name;
    known.uses += 1;
    if (known.uses <= usesBeforeName || this.#names.size >= mostNamed) return undefined;
    const made = `packyard_${this.#generation}_${createHash('sha1').update(known.text).digest('base64url')}`;
    this.#names.set(known.text, made);
    return made;
  }
}
