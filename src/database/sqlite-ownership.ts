/** Tells Packyard's database files from others: nothing is ever written into a file that is not ours. */
import type { SqliteConnection } from './sqlite-driver.ts';
import { isNotADatabase } from './sqlite-errors.ts';

/** `Pkyd` in the file's header. https://www.sqlite.org/fileformat.html#application_id */
const APPLICATION_ID = 0x506b7964;

/** Marks an empty file as ours and turns its write-ahead log on. Throws for a file that holds something else. */
export function claim(connection: SqliteConnection, path: string): void {
  const id = readOwner(connection, path);
  if (id !== APPLICATION_ID && (id !== 0 || !isEmpty(connection))) {
    throw new Error(`${path} is a SQLite database of another program. Choose another path for Packyard's.`);
  }
  const mode = connection.prepare('pragma journal_mode = wal').get([])?.['journal_mode'];
  if (mode !== 'wal') {
    throw new Error(`${path} cannot have a write-ahead log. Put the database on a local disk, not on a network share.`);
  }
  if (id === 0) connection.exec(`pragma application_id = ${APPLICATION_ID}`);
}

function readOwner(connection: SqliteConnection, path: string): unknown {
  try {
    return connection.prepare('pragma application_id').get([])?.['application_id'];
  } catch (cause) {
    if (!isNotADatabase(cause)) throw cause;
    throw new Error(`${path} is not a SQLite database. Choose another path, or restore the database from a backup.`, {
      cause,
    });
  }
}

function isEmpty(connection: SqliteConnection): boolean {
  return connection.prepare('select count(*) as tables from sqlite_schema').get([])?.['tables'] === 0;
}
