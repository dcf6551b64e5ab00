import type { Session } from '../database/database.ts';

/** Where something is set: the whole server, a group (or the space of a user), or a project. */
export type SettingPlace =
  | { readonly kind: 'instance' }
  | { readonly kind: 'namespace'; readonly id: number }
  | { readonly kind: 'project'; readonly id: number };

/** What one place says of request forwarding for one format. */
export interface ForwardingWord {
  /** `null` = as above. */
  readonly forwards: boolean | null;
  /** `true` = nothing below may say otherwise. */
  readonly locked: boolean;
}

/** What each of the places says of a format, in their order; `null` where one says nothing. */
export async function forwardingWords(
  session: Session,
  format: string,
  places: readonly SettingPlace[],
): Promise<(ForwardingWord | null)[]> {
  const marks = places.map(() => '?').join(', ');
  const rows = await session.all<{ place: string; forwards: 0 | 1 | null; locked: 0 | 1 }>(
    `select place, forwards, locked from request_forwarding where format = ? and place in (${marks})`,
    [format, ...places.map(keyOf)],
  );
  const words = new Map(rows.map(({ place, forwards, locked }) => [place, wordOf(forwards, locked)]));
  return places.map((place) => words.get(keyOf(place)) ?? null);
}

export async function setForwardingWord(
  tx: Session,
  place: SettingPlace,
  format: string,
  { forwards, locked }: ForwardingWord,
): Promise<void> {
  await tx.run(
    `insert into request_forwarding (place, namespace_id, project_id, format, forwards, locked)
     values (?, ?, ?, ?, ?, ?)
     on conflict (place, format) do update set forwards = excluded.forwards, locked = excluded.locked`,
    [
      keyOf(place),
      place.kind === 'namespace' ? place.id : null,
      place.kind === 'project' ? place.id : null,
      format,
      forwards === null ? null : Number(forwards),
      Number(locked),
    ],
  );
}

function keyOf(place: SettingPlace): string {
  return place.kind === 'instance' ? place.kind : `${place.kind} ${place.id}`;
}

function wordOf(forwards: 0 | 1 | null, locked: 0 | 1): ForwardingWord {
  return { forwards: forwards === null ? null : forwards === 1, locked: locked === 1 };
}
