import type { Dialect } from '../database.ts';

export const sqliteDialect: Dialect = {
  id: 'sqlite',
  identity: 'integer primary key autoincrement',
  bigint: 'integer',
  text: 'text',
  bytes: 'blob',
  forUpdate: '',
  lock: null,
};
