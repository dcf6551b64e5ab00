import type { Session } from './database.ts';

/** Resolves when the database answers. */
export async function probeDatabase(session: Session): Promise<void> {
  await session.get('select 1 as one');
}
