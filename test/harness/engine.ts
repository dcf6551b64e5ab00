/** Which database the tests run on: SQLite, or what `PACKYARD_TEST_ENGINE=postgres` and `postgres-setup.ts` provide. */
import { randomBytes } from 'node:crypto';
import { executeAt } from './postgres.ts';

export const engine = process.env['PACKYARD_TEST_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

export const template = 'packyard_template';

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A PostgreSQL database of one's own: migrated, unless it shall be `empty`. */
export async function freshPostgres(content: 'migrated' | 'empty' = 'migrated'): Promise<FreshDatabase> {
  const server = process.env['PACKYARD_TEST_POSTGRES'];
  if (server === undefined) throw new Error('PACKYARD_TEST_ENGINE=postgres works in vitest runs only.');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await executeAt(server, `create database ${name} template ${content === 'empty' ? 'template0' : template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await executeAt(server, `drop database ${name} with (force)`);
    },
  };
}
