import type { Migration } from './migration.ts';

/** Debuggers ask for symbols by a name that tells their id, and know nothing of packages; mostly for ones that aren't here. */
export const symbols: Migration = {
  id: '0004-symbols',
  statements: () => [`create index file_symbols on file (name) where role = 'symbols'`],
};
