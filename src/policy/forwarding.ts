import { LRUCache } from 'lru-cache';
import { forwardingWords, type ForwardingWord, type SettingPlace } from '../catalog/request-forwarding.ts';
import type { Database } from '../database/database.ts';

/** A place and all above it: `lineage` of a group or of what a project lies in, `/` for the whole server. */
export interface ForwardingPlace {
  readonly lineage: string;
  readonly projectId: number | null;
}

export interface Forwarding {
  /** Whether clients are sent on. */
  readonly forwards: boolean;
  /** What the place itself says. */
  readonly own: ForwardingWord;
  /** Something above says that nothing below may say otherwise. */
  readonly lockedAbove: boolean;
}

const nothingSaid: ForwardingWord = { forwards: null, locked: false };

/**
 * What holds at the last of several places, from the outermost in: the nearest that says something, up to the first that
 * is locked.
 */
export function cascaded(words: readonly (ForwardingWord | null)[], otherwise: boolean): Forwarding {
  let forwards = otherwise;
  let lockedAbove = false;
  for (const [index, word] of words.entries()) {
    if (lockedAbove) break;
    forwards = word?.forwards ?? forwards;
    lockedAbove = word?.locked === true && index < words.length - 1;
  }
  return { forwards, own: words.at(-1) ?? nothingSaid, lockedAbove };
}

/** Whether clients are sent on: what was set of the server, groups and projects, and the settings of formats. */
export class ForwardingSettings {
  readonly #database: Database;
  readonly #otherwise: (formatId: string) => boolean;
  readonly #known = new LRUCache<string, { readonly stamp: number; readonly forwarding: Forwarding }>({ max: 2_000 });

  /** `otherwise`: what holds for a format where no place says anything. */
  constructor(database: Database, otherwise: (formatId: string) => boolean) {
    this.#database = database;
    this.#otherwise = otherwise;
  }

  /** Looked up once while nothing was committed to the database, by whichever process. */
  async at(formatId: string, place: ForwardingPlace): Promise<Forwarding> {
    const key = `${formatId} ${place.lineage} ${place.projectId}`;
    const stamp = this.#database.stamp();
    const known = this.#known.get(key);
    if (known !== undefined && known.stamp === stamp) return known.forwarding;
    const words = await forwardingWords(this.#database, formatId, levelsOf(place));
    const forwarding = cascaded(words, this.#otherwise(formatId));
    if (stamp !== null) this.#known.set(key, { stamp, forwarding });
    return forwarding;
  }
}

/** From the whole server down to the place. */
export function levelsOf({ lineage, projectId }: ForwardingPlace): SettingPlace[] {
  const ids = lineage.split('/').filter((id) => id !== '');
  return [
    { kind: 'instance' },
    ...ids.map((id) => ({ kind: 'namespace', id: Number(id) }) as const),
    ...(projectId === null ? [] : [{ kind: 'project', id: projectId } as const]),
  ];
}
