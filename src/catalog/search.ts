import type { Session, SqlValue } from '../database/database.ts';
import { both, type Condition } from './condition.ts';
import type { Person } from './version-shape.ts';

/** One package found, with the version that stands for it. */
export interface FoundPackage {
  readonly id: number;
  readonly projectId: number;
  /** Full path of its project. */
  readonly projectPath: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly version: string;
  readonly description: string | null;
  readonly keywords: readonly string[];
  readonly publishedAt: number;
  readonly publisher: Person | null;
  readonly manifest: string;
}

export interface PackageSearch {
  readonly format: string;
  /** Words that must all occur, taken literally, ignoring case. */
  readonly words: readonly string[];
  readonly namespace?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly maintainer?: string | undefined;
  readonly publisher?: string | undefined;
  /** Condition on project `p` and its namespace `n`. */
  readonly visible: Condition;
  readonly limit: number;
  readonly offset: number;
}

const from = `package join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
  join version v on v.id = package.primary_version_id`;

/** Packages whose searched text holds every word, exact names first, then by name. */
export async function searchPackages(
  session: Session,
  search: PackageSearch,
): Promise<{ found: FoundPackage[]; total: number }> {
  const where = conditionOf(search);
  const count = await session.get<{ n: number }>(`select count(*) as n from ${from} where ${where.sql}`, where.params);
  const exact = search.words.join(' ').toLowerCase();
  const rows = await session.all<FoundRow>(
    `select package.id, p.id as "projectId", p.full_path as "projectPath", package.name, package.namespace, v.version, v.description, v.keywords,
       v.created_at as "publishedAt", v.publisher, v.publisher_email as "publisherEmail", v.manifest
     from ${from} where ${where.sql}
     order by case when lower(package.name) = ? then 0 else 1 end, package.name_key, package.id limit ? offset ?`,
    [...where.params, exact, search.limit, search.offset],
  );
  return { found: rows.map(toFound), total: count?.n ?? 0 };
}

interface FoundRow extends Omit<FoundPackage, 'keywords' | 'publisher'> {
  readonly keywords: string;
  readonly publisher: string | null;
  readonly publisherEmail: string | null;
}

function toFound({ keywords, publisher, publisherEmail, ...row }: FoundRow): FoundPackage {
  return {
    ...row,
    keywords: JSON.parse(keywords) as string[],
    publisher: publisher === null ? null : { username: publisher, email: publisherEmail },
  };
}

function conditionOf(search: PackageSearch): Condition {
  return both(
    { sql: "package.format = ? and v.status in ('default', 'deprecated')", params: [search.format] },
    search.visible,
    ...search.words.map((word) => textHolds(word.toLowerCase())),
    ...(search.keywords ?? []).map((keyword) => textHolds(`\n${keyword.toLowerCase()}\n`)),
    ...optional('lower(package.namespace) = ?', search.namespace?.toLowerCase()),
    ...optional('lower(v.publisher) = ?', search.publisher?.toLowerCase()),
    ...optional(
      `exists (select 1 from maintainer m join account a on a.id = m.account_id
        where m.package_id = package.id and a.username_key = ?)`,
      search.maintainer?.toLowerCase(),
    ),
  );
}

function textHolds(text: string): Condition {
  return { sql: "package.search_text like ? escape '\\'", params: [`%${text.replace(/[\\%_]/g, '\\$&')}%`] };
}

function optional(sql: string, value: SqlValue | undefined): Condition[] {
  return value === undefined ? [] : [{ sql, params: [value] }];
}

/** Names of a format's packages in projects that `visible` allows, by name; at most `limit`. */
export async function packageNames(
  session: Session,
  format: string,
  visible: Condition,
  limit: number,
): Promise<{ name: string; projectId: number }[]> {
  return session.all<{ name: string; projectId: number }>(
    `select package.name, package.project_id as "projectId" from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where package.format = ? and (${visible.sql}) order by package.name_key limit ?`,
    [format, ...visible.params, limit],
  );
}

/** Names of a format's packages in projects that `visible` allows, each once, in order of their keys, after `after`. */
export function namePage(
  session: Session,
  wanted: { format: string; visible: Condition; after?: string; limit: number },
): Promise<{ key: string; display: string }[]> {
  return session.all<{ key: string; display: string }>(
    `select package.name_key as "key", min(package.name) as display from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where package.format = ? and package.name_key > ? and (${wanted.visible.sql})
     group by package.name_key order by package.name_key limit ?`,
    [wanted.format, wanted.after ?? '', ...wanted.visible.params, wanted.limit],
  );
}
