import { nextTurn } from '../../lib/next-turn.ts';
import { problem } from '../../problems/problem.ts';
import type { RegistryPort } from '../format.ts';
import { nameOf } from './names.ts';
import { compareVersions } from './nuget-version.ts';
import { holds, order } from './odata-evaluate.ts';
import type { Expression } from './odata-expression.ts';
import { mentions } from './odata-mentions.ts';
import type { NuGetPackage } from './package-entries.ts';
import { downloadCounts, properties, valueOf } from './v2-properties.ts';
import type { V2Query } from './v2-query.ts';
import { rowsOf, type V2Row } from './v2-row.ts';

/** Where rows come from, and which of them the called function gives. */
export interface V2Source {
  readonly packages: AsyncIterable<NuGetPackage>;
  readonly admits: (row: V2Row) => boolean;
  /** The packages come by id. */
  readonly byId: boolean;
}

export interface V2Selection {
  readonly rows: readonly V2Row[];
  /** Of all pages; only exact when the query asks for it. */
  readonly count: number;
  readonly hasMore: boolean;
}

/** Entries in one answer unless the client asks for more: PSResourceGet asks for 6,000 and follows no links. */
const usualPage = 100;
const largestPage = 6_000;
const mostPackages = 10_000;
const mostRows = 100_000;
const rowsInTurn = 50;

export async function select(
  registry: RegistryPort,
  source: V2Source,
  query: V2Query,
  base: string,
): Promise<V2Selection> {
  const size = Math.min(query.top ?? usualPage, largestPage);
  const end = query.skip + size;
  const found = await collect(registry, source, query, base, end);
  const rows = inOrder(found, query.order).slice(query.skip, end);
  if (!needsDownloads(query)) await countDownloads(registry, rows);
  const wanted = query.top === null ? Number.POSITIVE_INFINITY : query.skip + query.top;
  return { rows, count: found.length, hasMore: size > 0 && found.length > end && wanted > end };
}

/** Stops early where later packages could only follow `end`. */
async function collect(
  registry: RegistryPort,
  { packages, admits, byId }: V2Source,
  query: V2Query,
  base: string,
  end: number,
): Promise<readonly V2Row[]> {
  const { filter } = query;
  const inTurn = comesInTurn(query, byId);
  const found: V2Row[] = [];
  let looked = 0;
  for await (const nuget of packages) {
    const rows = rowsOf(nuget, query.semVer2, base).filter(admits);
    if (needsDownloads(query)) await countDownloads(registry, rows);
    found.push(...(filter === null ? rows : await held(rows, filter)));
    looked += 1;
    if (inTurn && found.length > end) break;
    if (looked >= mostPackages || found.length >= mostRows) throw tooMuch();
  }
  return found;
}

/** A filter may have hundreds of terms, a package thousands of versions: others aren't kept waiting for them. */
async function held(rows: readonly V2Row[], filter: Expression): Promise<readonly V2Row[]> {
  const found: V2Row[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % rowsInTurn === 0) await nextTurn();
    if (holds(filter, (name) => valueOf(row, name))) found.push(row);
  }
  return found;
}

function tooMuch(): Error {
  return problem(
    'invalid-parameter',
    `More than ${mostPackages} packages would have to be looked at: narrow the search by searchTerm or Id.`,
  );
}

function comesInTurn({ order: wanted, count }: V2Query, byId: boolean): boolean {
  if (count) return false;
  const [first, ...others] = wanted;
  return first === undefined || (byId && others.length === 0 && first.property === 'Id' && !first.descending);
}

function needsDownloads({ filter, order: wanted }: V2Query): boolean {
  return (
    wanted.some(({ property }) => downloadCounts.has(property)) ||
    (filter !== null && mentions(filter, (name) => downloadCounts.has(name)))
  );
}

export async function countDownloads(registry: RegistryPort, rows: readonly V2Row[]): Promise<void> {
  for (const nuget of new Set(rows.map(({ of }) => of))) nuget.downloads = await registry.downloads(nameOf(nuget.key));
}

/** Rows that are alike in all that was asked for keep their order. */
function inOrder(rows: readonly V2Row[], wanted: V2Query['order']): readonly V2Row[] {
  if (wanted.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const { property, descending } of wanted) {
      const difference = properties.get(property)?.isVersion
        ? compareVersions(a.entry.parsed, b.entry.parsed)
        : order(valueOf(a, property), valueOf(b, property));
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  });
}
