import type { AffectedRange, AffectedVersions } from '../lib/affected-versions.ts';
import { isRecord, type JsonRecord, listOf, textOf } from './json-record.ts';

type Compare = (a: string, b: string) => number;

/** What the `affected` entries of one package say of its versions. Ranges of commits say nothing of versions. */
export function affectedVersions(entries: readonly JsonRecord[], compare: Compare): AffectedVersions {
  const ranges: AffectedRange[] = [];
  const versions = new Set<string>();
  for (const entry of entries) {
    const found = listOf(entry['ranges'])
      .filter(isRecord)
      .filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
      .flatMap((range) => rangesOf(listOf(range['events']).filter(isRecord), compare));
    ranges.push(...found);
    // Ranges say more than the list of those that were known when it was written.
    if (found.length === 0)
      for (const version of listOf(entry['versions'])) if (typeof version === 'string') versions.add(version);
  }
  return { ranges, versions: [...versions] };
}

interface Event {
  readonly kind: 'introduced' | 'fixed' | 'lastAffected';
  /** `null` = the first version. */
  readonly version: string | null;
}

function rangesOf(events: readonly JsonRecord[], compare: Compare): AffectedRange[] {
  const ranges: AffectedRange[] = [];
  let open: { introduced: string | null } | null = null;
  for (const { kind, version } of events.flatMap(eventOf).sort((a, b) => inOrder(a, b, compare))) {
    if (kind === 'introduced') {
      open ??= { introduced: version };
    } else if (open !== null) {
      ranges.push({ ...open, fixed: null, lastAffected: null, [kind]: version });
      open = null;
    }
  }
  if (open !== null) ranges.push({ ...open, fixed: null, lastAffected: null });
  return ranges;
}

function eventOf(event: JsonRecord): Event[] {
  const introduced = textOf(event['introduced']);
  if (introduced !== null) return [{ kind: 'introduced', version: introduced === '0' ? null : introduced }];
  const fixed = textOf(event['fixed']);
  if (fixed !== null) return [{ kind: 'fixed', version: fixed }];
  const last = textOf(event['last_affected']);
  return last === null ? [] : [{ kind: 'lastAffected', version: last }];
}

/** By version; at the same one what ends comes after what begins, but for a repair, which ends what began before. */
function inOrder(a: Event, b: Event, compare: Compare): number {
  if (a.version === null || b.version === null) return Number(b.version === null) - Number(a.version === null);
  const order = compare(a.version, b.version);
  return order === 0 ? rank(a) - rank(b) : order;
}

function rank({ kind }: Event): number {
  return kind === 'fixed' ? 0 : kind === 'introduced' ? 1 : 2;
}
