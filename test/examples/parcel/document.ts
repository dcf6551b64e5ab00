import type { DocumentKind } from '../../../src/formats/format.ts';

/** One parcel as the list shows it. */
export interface Entry {
  readonly version: string;
  readonly publishedAt: number | null;
  readonly sha256: string;
}

export interface ParcelList {
  readonly name: string;
  readonly entries: readonly Entry[];
}

/** `GET /:name`: `{"name", "parcels": [{"version", "publishedAt", "sha256", "url"}]}`. */
export const parcelList: DocumentKind<ParcelList> = {
  id: 'parcel-list-1',
  reads: 'manifest',
  build: ({ name, versions }) => ({
    name,
    entries: versions
      .filter(({ status }) => status === 'default')
      .map(({ version, publishedAt, fragment }) => {
        const { sha256 } = JSON.parse(fragment) as { sha256: string };
        return { version, publishedAt, sha256 };
      }),
  }),
  parse(text) {
    const { name, parcels } = JSON.parse(text) as { name: string; parcels: Entry[] };
    return { name, entries: parcels.map(({ version, publishedAt, sha256 }) => ({ version, publishedAt, sha256 })) };
  },
  versions: ({ entries }) => entries,
  keep: ({ name, entries }, kept) => ({ name, entries: entries.filter(({ version }) => kept.has(version)) }),
  merge(lists) {
    const entries = new Map<string, Entry>();
    for (const entry of lists.flatMap((list) => list.entries)) {
      const { publishedAt } = entry;
      const known = entries.get(entry.version) ?? entry;
      entries.set(entry.version, { ...known, publishedAt: known.publishedAt ?? publishedAt });
    }
    return { name: lists[0]?.name ?? '', entries: [...entries.values()] };
  },
  render({ name, entries }, { base }) {
    const parcels = entries.map((entry) => ({ ...entry, url: `${base}/${name}/${entry.version}` }));
    return { mediaType: 'application/json', parts: [JSON.stringify({ name, parcels })] };
  },
};
