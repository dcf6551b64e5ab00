import type { DocumentContent, DocumentKind, RenderContext } from '../format.ts';
import { buildPackument, keepVersions, mergePackuments, type Packument } from './packument.ts';
import { parsePackument } from './packument-parse.ts';
import { abbreviatedForm, fullForm, writePackument } from './packument-text.ts';

export const abbreviatedType = 'application/vnd.npm.install-v1+json';

const shared = {
  build: buildPackument,
  versions: (packument: Packument) => packument.entries,
  keep: keepVersions,
  merge: mergePackuments,
};

/** Everything known of every version: what npm 11 and newer install from, and what is read before a change. */
export const fullPackument: DocumentKind<Packument> = {
  id: 'npm-packument-1',
  reads: 'manifest',
  ...shared,
  parse: (text) => parsePackument(text, 'full'),
  render: (packument: Packument, { base }: RenderContext): DocumentContent => ({
    mediaType: 'application/json',
    parts: writePackument(packument, fullForm, base),
  }),
};

/** What an install needs of every version ("corgi"). */
export const abbreviatedPackument: DocumentKind<Packument> = {
  id: 'npm-packument-abbreviated-1',
  reads: 'summary',
  ...shared,
  parse: (text) => parsePackument(text, 'abbreviated'),
  render: (packument: Packument, { base }: RenderContext): DocumentContent => ({
    mediaType: abbreviatedType,
    parts: writePackument(packument, abbreviatedForm, base),
  }),
};
