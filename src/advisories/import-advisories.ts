import { putAdvisory, removeAdvisory } from '../catalog/advisories.ts';
import type { Database } from '../database/database.ts';
import { type Ecosystem, type OsvOutcome, readOsvRecord } from './osv-record.ts';
import type { DumpEntry } from './read-dump.ts';

export interface ImportReport {
  /** Advisories that were put in, new or renewed. */
  readonly kept: number;
  /** Advisories that were known, or would have been, and are withdrawn. */
  readonly withdrawn: number;
  /** Records that speak of no package of a format that we know. */
  readonly irrelevant: number;
  /** What could not be read: a sentence each, the first hundred. */
  readonly mistakes: readonly string[];
  readonly unreadable: number;
}

/** Records in one transaction: others can write in between. */
const batch = 200;
const mostMistakes = 100;

/** Puts the records of a dump into the database. What can't be read is reported and passed over. */
export async function importAdvisories(
  database: Database,
  entries: AsyncIterable<DumpEntry>,
  ecosystems: ReadonlyMap<string, Ecosystem>,
): Promise<ImportReport> {
  const report = { kept: 0, withdrawn: 0, irrelevant: 0, unreadable: 0, mistakes: [] as string[] };
  let waiting: OsvOutcome[] = [];
  for await (const { place, text } of entries) {
    try {
      waiting.push(...recordsIn(text).map((record) => readOsvRecord(record, ecosystems)));
    } catch (error) {
      report.unreadable += 1;
      const why = error instanceof SyntaxError ? 'is not JSON' : (error as Error).message;
      if (report.mistakes.length < mostMistakes) report.mistakes.push(`${place} ${why}.`);
    }
    if (waiting.length < batch) continue;
    await store(database, waiting);
    count(report, waiting);
    waiting = [];
  }
  await store(database, waiting);
  count(report, waiting);
  return report;
}

/** A file may hold one record or a list of them. */
function recordsIn(text: string): readonly unknown[] {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed : [parsed];
}

async function store(database: Database, outcomes: readonly OsvOutcome[]): Promise<void> {
  const changes = outcomes.filter((outcome) => !('irrelevant' in outcome));
  if (changes.length === 0) return;
  await database.transaction(async (tx) => {
    for (const outcome of changes) {
      if ('advisory' in outcome) await putAdvisory(tx, outcome.advisory);
      else if ('withdrawn' in outcome) await removeAdvisory(tx, outcome.withdrawn);
    }
  });
}

function count(report: { kept: number; withdrawn: number; irrelevant: number }, outcomes: readonly OsvOutcome[]): void {
  for (const outcome of outcomes) {
    if ('advisory' in outcome) report.kept += 1;
    else if ('withdrawn' in outcome) report.withdrawn += 1;
    else report.irrelevant += 1;
  }
}
