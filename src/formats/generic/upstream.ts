import type { FileWanted, UpstreamFile, UpstreamProtocol, UpstreamSteps } from '../upstream-protocol.ts';

/** A tree of plain files, `name/version/path` below its base: nothing says what a file must be, or when it was made. */
export const genericUpstream: UpstreamProtocol = {
  claims: 'name',
  // Generic has no documents.
  *document(): UpstreamSteps<null> {
    return null;
  },
  *file({ name, versionKey, fileName }: FileWanted): UpstreamSteps<UpstreamFile | null> {
    if (name === null || versionKey === null) return null;
    const path = [name.key, versionKey, ...fileName.split('/')].map(encodeURIComponent).join('/');
    return { path, name, version: versionKey, publishedAt: null, digests: {}, mutable: true };
  },
};
