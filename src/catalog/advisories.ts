import type { Session, Transaction } from '../database/database.ts';
import type { AffectedVersions } from '../lib/affected-versions.ts';
import { type Advisory, isMalicious, type NewAdvisory, type Severity } from './advisory-shape.ts';

/** Puts an advisory in place of what was known under its id. */
export async function putAdvisory(tx: Transaction, advisory: NewAdvisory): Promise<void> {
  const { cvss } = advisory;
  const row = await tx.get<{ id: number }>(
    `insert into advisory (osv_id, summary, details, severity, cvss_score, cvss_vector, cwes, aliases, url, published_at,
       modified_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (osv_id) do update set summary = excluded.summary, details = excluded.details,
       severity = excluded.severity, cvss_score = excluded.cvss_score, cvss_vector = excluded.cvss_vector,
       cwes = excluded.cwes, aliases = excluded.aliases, url = excluded.url, published_at = excluded.published_at,
       modified_at = excluded.modified_at
     returning id`,
    [
      advisory.osvId,
      advisory.summary,
      advisory.details,
      advisory.severity,
      cvss === null ? null : String(cvss.score),
      cvss?.vector ?? null,
      JSON.stringify(advisory.cwes),
      JSON.stringify(advisory.aliases),
      advisory.url,
      advisory.publishedAt,
      advisory.modifiedAt,
    ],
  );
  if (row === undefined) throw new Error('the advisory upsert returned no row');
  await tx.run('delete from advisory_package where advisory_id = ?', [row.id]);
  for (const { format, nameKey, affected } of advisory.packages) {
    await tx.run('insert into advisory_package (format, name_key, advisory_id, affected) values (?, ?, ?, ?)', [
      format,
      nameKey,
      row.id,
      JSON.stringify(affected),
    ]);
  }
}

/** Forgets an advisory that was withdrawn; answers how many rows there were. */
export function removeAdvisory(tx: Transaction, osvId: string): Promise<number> {
  return tx.run('delete from advisory where osv_id = ?', [osvId]);
}

interface AdvisoryRow extends Omit<Advisory, 'cvss' | 'cwes' | 'aliases' | 'affected' | 'severity'> {
  readonly severity: string;
  readonly cvssScore: string | null;
  readonly cvssVector: string | null;
  readonly cwes: string;
  readonly aliases: string;
  readonly affected: string;
}

const columns = `a.id, a.osv_id as "osvId", a.summary, a.details, a.severity, a.cvss_score as "cvssScore",
    a.cvss_vector as "cvssVector", a.cwes, a.aliases, a.url, a.published_at as "publishedAt",
    a.modified_at as "modifiedAt", ap.name_key as "nameKey", ap.affected`;

const joined = 'advisory_package ap join advisory a on a.id = ap.advisory_id';

/** Names asked for in one statement. */
const batch = 200;

/** Advisories of packages by the keys of their names, the oldest first. */
export async function advisoriesOf(session: Session, format: string, nameKeys: readonly string[]): Promise<Advisory[]> {
  const found: Advisory[] = [];
  for (let from = 0; from < nameKeys.length; from += batch) {
    const names = nameKeys.slice(from, from + batch);
    const rows = await session.all<AdvisoryRow>(
      `select ${columns} from ${joined} where ap.format = ? and ap.name_key in (${names.map(() => '?').join(', ')}) order by a.id`,
      [format, ...names],
    );
    found.push(...rows.map(toAdvisory));
  }
  return found;
}

/** A page of all advisories of a format, by name. */
export async function advisoryPage(
  session: Session,
  format: string,
  page: { readonly after: string; readonly limit: number },
): Promise<Advisory[]> {
  const rows = await session.all<AdvisoryRow>(
    `select ${columns} from ${joined} where ap.format = ? and ap.name_key in (
       select distinct name_key from advisory_package where format = ? and name_key > ? order by name_key limit ?)
     order by ap.name_key, a.id`,
    [format, format, page.after, page.limit],
  );
  return rows.map(toAdvisory);
}

/** Whether anything is known of a format. */
export async function hasAdvisories(session: Session, format: string): Promise<boolean> {
  return (await session.get('select 1 as one from advisory_package where format = ? limit 1', [format])) !== undefined;
}

/** How many advisories there are of each format, and the newest change among them. */
export function advisoryCounts(
  session: Session,
): Promise<{ readonly format: string; readonly count: number; readonly modifiedAt: number }[]> {
  return session.all(
    `select ap.format, count(*) as count, max(a.modified_at) as "modifiedAt"
     from advisory_package ap join advisory a on a.id = ap.advisory_id group by ap.format order by ap.format`,
  );
}

function toAdvisory({ cvssScore, cvssVector, affected, ...row }: AdvisoryRow): Advisory {
  return {
    ...row,
    ...ratedBy(row),
    cvss: cvssScore === null || cvssVector === null ? null : { score: Number(cvssScore), vector: cvssVector },
    affected: JSON.parse(affected) as AffectedVersions,
  };
}

/** Nobody rates what was made to do harm: it is always critical. */
function ratedBy(row: Pick<AdvisoryRow, 'osvId' | 'severity' | 'cwes' | 'aliases'>) {
  const cwes = JSON.parse(row.cwes) as string[];
  const aliases = JSON.parse(row.aliases) as string[];
  const severity: Severity = isMalicious({ osvId: row.osvId, aliases, cwes }) ? 'critical' : (row.severity as Severity);
  return { cwes, aliases, severity };
}

/** An advisory as far as policy asks. */
export interface KnownAdvisory extends Pick<Advisory, 'osvId' | 'summary' | 'severity' | 'aliases'> {
  /** JSON of `AffectedVersions`. */
  readonly affected: string;
}

/** What is known of one package, without the texts that people read. */
export async function knownAdvisories(session: Session, format: string, nameKey: string): Promise<KnownAdvisory[]> {
  const rows = await session.all<Pick<AdvisoryRow, 'osvId' | 'summary' | 'severity' | 'cwes' | 'aliases' | 'affected'>>(
    `select a.osv_id as "osvId", a.summary, a.severity, a.cwes, a.aliases, ap.affected from ${joined}
     where ap.format = ? and ap.name_key = ? order by a.id`,
    [format, nameKey],
  );
  return rows.map((row) => ({ ...row, ...ratedBy(row) }));
}
