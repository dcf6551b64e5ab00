import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../../../src/formats/upstream-protocol.ts';
import { parcelList, type ParcelList } from './document.ts';

/** How parcels are read from another registry: the list says what there is, and what each file must be. */
export const parcelUpstream: UpstreamProtocol = {
  claims: 'name',
  *document({ name }: DocumentWanted): UpstreamSteps<ParcelList | null> {
    return yield* ask({ path: name.key, accept: 'application/json', read: parcelList.parse });
  },
  *file({ name, versionKey }: FileWanted): UpstreamSteps<UpstreamFile | null> {
    if (name === null || versionKey === null) return null;
    const list = yield* ask({ path: name.key, accept: 'application/json', read: parcelList.parse });
    const entry = list?.entries.find(({ version }) => version === versionKey);
    if (entry === undefined) return null;
    const { publishedAt, sha256 } = entry;
    const path = `${name.key}/${versionKey}`;
    return { path, name, version: versionKey, publishedAt, digests: { sha256 } };
  },
};
