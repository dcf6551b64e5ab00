/** The program of `database-process.ts`: `tsx database-child.ts <action> <database URL> [argument]`. */
import { text } from 'node:stream/consumers';
import { openDatabase } from '../../src/database/connect.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Eight writers at once; a line only once its transaction is acknowledged. Ends by being killed. */
async function commitForever(db: Database, run: string): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const name = `${run}.${next++}`;
      await db.transaction(async (tx) => {
        await tx.run('insert into pair (name, half) values (?, 1)', [name]);
        await tx.run('insert into pair (name, half) values (?, 2)', [name]);
      });
      print(name);
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
}

const actions: Record<string, (db: Database, argument: string) => Promise<void>> = {
  all: async (db, sql) => print(JSON.stringify(await db.all(sql))),
  migrate: async (db) => print(JSON.stringify(await migrate(db))),
  commit: commitForever,
};

const [, , action = '', url = '', argument = ''] = process.argv;
print('ready');
await text(process.stdin);
const db = await openDatabase(url);
await actions[action]?.(db, argument);
await db.close();
