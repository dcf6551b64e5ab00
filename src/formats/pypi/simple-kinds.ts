import type { DocumentKind } from '../format.ts';
import { renderSimpleHtml } from './simple-html.ts';
import { renderSimpleJson } from './simple-json.ts';
import { parseSimplePage } from './simple-parse.ts';
import {
  buildSimpleProject,
  keepFiles,
  keepVersions,
  mergeProjects,
  type SimpleProject,
  versionsOf,
} from './simple-project.ts';

const common = {
  reads: 'summary',
  readsFiles: true,
  build: buildSimpleProject,
  // Another index answers in the form that it has.
  parse: parseSimplePage,
  versions: versionsOf,
  keep: keepVersions,
  keepFiles,
  merge: mergeProjects,
} as const;

/** A project's files, for clients of PEP 691. */
export const simpleJson: DocumentKind<SimpleProject> = {
  ...common,
  id: 'pypi-simple-json-1',
  render: renderSimpleJson,
};

/** The same for browsers and older clients. */
export const simpleHtml: DocumentKind<SimpleProject> = {
  ...common,
  id: 'pypi-simple-html-1',
  render: renderSimpleHtml,
};
