import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../../../src/formats/upstream-protocol.ts';
import { parcelList, type ParcelList } from './document.ts';

const read = (text: string): ParcelList => parcelList.parse(text);

/** How parcels are read from another registry: the list says what there is, and what each file must be. */
export const parcelUpstream = {
  claims: 'name',
  explains: (name) => ({ name: { key: name, display: name, namespace: null }, kind: parcelList }),
  *document({ name }: DocumentWanted): UpstreamSteps<ParcelList | null> {
    return yield* ask({ path: name.key, accept: 'application/json', read });
  },
  *file({ name, versionKey }: FileWanted): UpstreamSteps<UpstreamFile | null> {
    if (name === null || versionKey === null) return null;
    const list = yield* ask({ path: name.key, accept: 'application/json', read });
    const entry = list?.entries.find(({ version }) => version === versionKey);
    if (entry === undefined) return null;
    const { publishedAt, sha256 } = entry;
    const path = `${name.key}/${versionKey}`;
    return { path, name, version: versionKey, publishedAt, digests: { sha256 } };
  },
} satisfies UpstreamProtocol;
