import type { DocumentPart } from '../format.ts';

/** One item in so many ends a part, told by its name: what is put in the middle changes one part, not all that follow. */
const oneIn = 64;
/** A list of fewer items is written in one piece: it compresses better, and isn't worth keeping in parts. */
const fewItems = 32;

/** How a document writes the items of a list. */
export interface ListWriting<T> {
  /** Names the writing in caches. */
  readonly mark: string;
  readonly separator: string;
  /** Stays the same when the item changes. */
  nameOf(item: T): string;
  write(item: T, base: string): string;
}

/** A list in parts that keep their text as long as their items don't change. Items alike have the same `id`. */
export function keyedParts<T extends { readonly id: string }>(
  items: readonly T[],
  writing: ListWriting<T>,
  base: string,
): readonly DocumentPart[] {
  const { mark, separator } = writing;
  const parts = groupsOf(items, writing).map((group, index) => {
    const lead = index === 0 ? '' : separator;
    return {
      key: `${mark} ${base} ${lead === '' ? '' : '+'} ${group.map(({ id }) => id).join()}`,
      text: () => lead + group.map((item) => writing.write(item, base)).join(separator),
    };
  });
  return items.length < fewItems ? parts.map((part) => part.text()) : parts;
}

function groupsOf<T>(items: readonly T[], writing: ListWriting<T>): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let group: T[] | undefined;
  for (const item of items) {
    if (group === undefined) {
      group = [];
      groups.push(group);
    }
    group.push(item);
    if (hashOf(writing.nameOf(item)) % oneIn === 0) group = undefined;
  }
  return groups;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The last bits of names alike are alike.
  return (hash >>> 0) ^ (hash >>> 15);
}
