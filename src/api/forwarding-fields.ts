/** Request forwarding as GitLab names it, for each format that forwards: `npm_package_requests_forwarding` and `lock_…`. */
import { forwardingWords, type ForwardingWord, setForwardingWord } from '../catalog/request-forwarding.ts';
import type { Transaction } from '../database/database.ts';
import type { Format } from '../formats/format.ts';
import { cascaded, type ForwardingPlace, levelsOf } from '../policy/forwarding.ts';
import { problem } from '../problems/problem.ts';
import type { ApiContext } from './context.ts';

/** A pattern, for which formats forward is their own business. */
export const forwardingPattern = {
  '^(lock_)?[a-z0-9_]+_package_requests_forwarding$': {
    description: 'Whether clients are sent on to a public registry for names that are not here; `null` = as above.',
  },
};

export const forwardingNote =
  'Also for each format that can send its clients on to a public registry: `npm_package_requests_forwarding` (`true`, `false`, or `null` for what holds above) and `lock_npm_package_requests_forwarding`, after which nothing below may say otherwise. They need the owner role.';

/** What holds at a place, and what it says itself: three fields a format. */
export async function presentForwarding(context: ApiContext, place: ForwardingPlace): Promise<Record<string, boolean>> {
  const fields: Record<string, boolean> = {};
  for (const format of forwardingFormats(context)) {
    const { forwards, own, lockedAbove } = await context.forwarding.at(format.id, place);
    const name = fieldOf(format);
    fields[name] = forwards;
    fields[`lock_${name}`] = own.locked;
    fields[`${name}_locked`] = lockedAbove;
  }
  return fields;
}

/** Changes by format id. */
export type ForwardingChanges = ReadonlyMap<Format, Partial<ForwardingWord>>;

/** The fields of a body; `invalid-parameter` for what they can't be. */
export function readForwarding(context: ApiContext, body: object): ForwardingChanges {
  const fields = body as Readonly<Record<string, unknown>>;
  const changes = new Map<Format, Partial<ForwardingWord>>();
  for (const format of forwardingFormats(context)) {
    const name = fieldOf(format);
    const forwards = yesOrNo(fields[name], name);
    const locked = yesOrNo(fields[`lock_${name}`], `lock_${name}`);
    if (forwards === undefined && locked === undefined) continue;
    changes.set(format, {
      ...(forwards === undefined ? {} : { forwards }),
      ...(locked === undefined ? {} : { locked: locked === true }),
    });
  }
  return changes;
}

/** Writes the changes down, and answers them for the audit trail. `invalid-parameter` where something above is locked. */
export async function applyForwarding(
  tx: Transaction,
  place: ForwardingPlace,
  changes: ForwardingChanges,
): Promise<Record<string, boolean | null>> {
  const said: Record<string, boolean | null> = {};
  const levels = levelsOf(place);
  const own = levels.at(-1);
  for (const [format, change] of changes) {
    const name = fieldOf(format);
    const before = cascaded(await forwardingWords(tx, format.id, levels), false);
    if (own === undefined || before.lockedAbove) {
      throw problem('invalid-parameter', `${name} cannot be changed because it is locked by an ancestor.`);
    }
    if (own.kind === 'project' && change.locked === true) {
      throw problem('invalid-parameter', `lock_${name} has no meaning for a project: nothing lies below it.`);
    }
    await setForwardingWord(tx, own, format.id, { ...before.own, ...change });
    if (change.forwards !== undefined) said[name] = change.forwards;
    if (change.locked !== undefined) said[`lock_${name}`] = change.locked;
  }
  return said;
}

function forwardingFormats({ formats }: ApiContext): readonly Format[] {
  return formats.filter(({ settings = [] }) => settings.some(({ name }) => name === 'forwarding_url'));
}

function fieldOf({ id, packageType = id }: Format): string {
  return `${packageType}_package_requests_forwarding`;
}

const words = new Map<unknown, boolean | null>([
  ...[true, 'true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...[false, 'false', '0', 'no', 'off'].map((word) => [word, false] as const),
  [null, null],
  ['', null],
]);

function yesOrNo(value: unknown, name: string): boolean | null | undefined {
  if (value === undefined) return undefined;
  const word = words.get(typeof value === 'string' ? value.toLowerCase() : value);
  if (word === undefined) throw problem('invalid-parameter', `${name} must be true, false or null.`);
  return word;
}
