import { afterEach, expect, it, vi } from 'vitest';
import { loadSqlite } from './sqlite-driver.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock('@photostructure/sqlite');
});

it('says what to do when no binding loads', async () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
  vi.doMock('@photostructure/sqlite', () => {
    throw new Error('no prebuilt binary');
  });
  await expect(loadSqlite()).rejects.toThrow(/Node 22\.13 or later, or install its optional dependencies/);
});

it('gives the same plain rows on a binding that has no array rows', async () => {
  class DatabaseSync {
    prepare = () => ({
      all: () => [Object.assign(Object.create(null), { id: 1 })],
      get: () => Object.assign(Object.create(null), { id: 1 }),
      run: () => ({ changes: 1n }),
    });
  }
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ DatabaseSync });
  const statement = (await loadSqlite())('any.db').prepare('select 1 as id');
  expect(statement.all([])).toStrictEqual([{ id: 1 }]);
  expect(statement.get([])).toStrictEqual({ id: 1 });
  expect(statement.run()).toBe(1);
});
