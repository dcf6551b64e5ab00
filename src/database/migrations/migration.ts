import type { Dialect } from '../database.ts';

/** One numbered step. Expand only; a contract step comes at least one release later. */
export interface Migration {
  /** `0001-first`: sorted by name, applied once, in one transaction each. */
  readonly id: string;
  readonly statements: (dialect: Dialect) => readonly string[];
}
