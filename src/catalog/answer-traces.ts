import type { Session } from '../database/database.ts';

/** Why an answer of a virtual registry, or of a project with an upstream, was as it was. */
export interface AnswerTrace {
  readonly id: string;
  /** `null` for a project. */
  readonly registryId: number | null;
  /** What was asked, below the mount. */
  readonly asked: string;
  /** JSON array; see `registry/trace.ts`. */
  readonly steps: string;
  /** When such an answer was given last, about. Milliseconds since the epoch. */
  readonly seenAt: number;
}

/** How many are kept. */
const most = 100_000;

/** Written by whichever process gave the answer; one that others have written stays. Nothing for registries that are gone. */
export function putTrace(tx: Session, { id, registryId, asked, steps, seenAt }: AnswerTrace): Promise<number> {
  const renewed = 'on conflict (id) do update set seen_at = excluded.seen_at';
  if (registryId === null) {
    return tx.run(
      `insert into answer_trace (id, registry_id, asked, steps, seen_at) values (?, null, ?, ?, ?) ${renewed}`,
      [id, asked, steps, seenAt],
    );
  }
  return tx.run(
    `insert into answer_trace (id, registry_id, asked, steps, seen_at)
     select ?, r.id, ?, ?, ? from virtual_registry r where r.id = ? ${renewed}`,
    [id, asked, steps, seenAt, registryId],
  );
}

export function findTrace(session: Session, id: string): Promise<AnswerTrace | undefined> {
  return session.get<AnswerTrace>(
    'select id, registry_id as "registryId", asked, steps, seen_at as "seenAt" from answer_trace where id = ?',
    [id],
  );
}

/** Forgets those of before `time`, and the oldest beyond the limit. */
export async function trimTraces(tx: Session, time: number, limit = most): Promise<void> {
  await tx.run('delete from answer_trace where seen_at < ?', [time]);
  await tx.run(
    `delete from answer_trace where seen_at < (
       select min(kept.seen_at) from (select seen_at from answer_trace order by seen_at desc limit ?) kept)`,
    [limit],
  );
}
