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

/** What makes a name ours, or `null`. Each way by an index of its own: an `or` of them would read all claims of a group. */
export async function claimOn(session: Session, asked: NameAsked): Promise<Claim | null> {
  const { rootIds, format, nameKey, namespace } = asked;
  if (rootIds.length === 0) return null;
  const roots = rootIds.map(() => '?').join(', ');
  const ways = [
    { rank: 0, column: 'name_key', value: nameKey },
    ...(asked.looksAlike ? [{ rank: 1, column: 'look_alike', value: lookOf(nameKey) }] : []),
    ...(namespace === null ? [] : [{ rank: 2, column: 'namespace', value: namespace.toLowerCase() }]),
  ];
  const row = await session.get<{ rootId: number; nameKey: string; rank: number }>(
    `${ways.map(({ rank, column }) => claimBy(roots, rank, column)).join(' union all ')} order by rank limit 1`,
    ways.flatMap(({ value }) => [...rootIds, format, value]),
  );
  if (row === undefined) return null;
  return { kind: kinds[row.rank] ?? 'name', nameKey: row.nameKey, rootId: row.rootId };
}

const kinds: readonly Claim['kind'][] = ['name', 'look-alike', 'namespace'];

function claimBy(roots: string, rank: number, column: string): string {
  return `select * from (select namespace_id as "rootId", name_key as "nameKey", ${rank} as rank from name_claim
    where namespace_id in (${roots}) and format = ? and ${column} = ? limit 1) way_${rank}`;
}

/** The group at the top of a lineage: `/1/5/` → 1. */
export function rootIdOf(lineage: string): number {
  return Number(lineage.split('/')[1]);
}
