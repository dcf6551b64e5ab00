import type { Session } from '../database/database.ts';

/**
 * Names that are taken for ever below a group at the top, because a package of that name is there, was, or came along
 * with its project. Where one is there, its claim is.
 */
export interface NewClaim {
  readonly projectId: number;
  readonly format: string;
  readonly nameKey: string;
  readonly namespace: string | null;
}

/** Remembers that a name was published. Holds the claim until the end of the transaction: nobody releases it meanwhile. */
export async function claimName(tx: Session, claimed: NewClaim, now: number): Promise<void> {
  await tx.run(
    `insert into name_claim (namespace_id, format, name_key, namespace, look_alike, origin, created_at)
     select top.id, ?, ?, ?, ?, 'published', ? from project p join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     where p.id = ?
     on conflict (namespace_id, format, name_key) do update set namespace = excluded.namespace`,
    [claimed.format, claimed.nameKey, claimed.namespace, lookOf(claimed.nameKey), now, claimed.projectId],
  );
}

/**
 * What names have in common that people take for each other: npm refuses a new name that differs from another in
 * capitals and punctuation alone. Names with a scope are told apart by it.
 * https://blog.npmjs.org/post/168978377570/new-package-moniker-rules
 */
export function lookOf(nameKey: string): string {
  const lower = nameKey.toLowerCase();
  return lower.startsWith('@') ? lower : lower.replace(/[-_.]/g, '');
}

export interface NameAsked {
  readonly format: string;
  readonly nameKey: string;
  /** Set where a namespace has one owner; `null` = only the name counts. */
  readonly namespace: string | null;
  /** Names that look like it count too. */
  readonly looksAlike: boolean;
  /** Groups at the top whose names count. */
  readonly rootIds: readonly number[];
}

export interface Claim {
  /** The name itself, one that looks like it, or another one of its namespace. */
  readonly kind: 'name' | 'look-alike' | 'namespace';
  readonly nameKey: string;
  /** The group at the top whose name it is. */
  readonly rootId: number;
}

/** What makes a name ours, or `null`. */
export async function claimOn(session: Session, asked: NameAsked): Promise<Claim | null> {
  const { rootIds, format, nameKey, namespace } = asked;
  if (rootIds.length === 0) return null;
  const roots = rootIds.map(() => '?').join(', ');
  const look = asked.looksAlike ? lookOf(nameKey) : null;
  const scope = namespace?.toLowerCase() ?? null;
  const row = await session.get<{ rootId: number; nameKey: string; lookAlike: string }>(
    `select namespace_id as "rootId", name_key as "nameKey", look_alike as "lookAlike" from name_claim
     where namespace_id in (${roots}) and format = ? and (name_key = ? or look_alike = ? or namespace = ?)
     order by case when name_key = ? then 0 when look_alike = ? then 1 else 2 end limit 1`,
    [...rootIds, format, nameKey, look, scope, nameKey, look],
  );
  if (row === undefined) return null;
  const kind = row.nameKey === nameKey ? 'name' : row.lookAlike === look ? 'look-alike' : 'namespace';
  return { kind, nameKey: row.nameKey, rootId: row.rootId };
}

/** The group at the top of a lineage: `/1/5/` → 1. */
export function rootIdOf(lineage: string): number {
  return Number(lineage.split('/')[1]);
}
