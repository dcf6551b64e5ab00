import type { DocumentKind } from '../format.ts';
import { buildProjectJson, keepReleases, mergeProjectJson, type ProjectJson, publicationDate } from './project-json.ts';
import { parseProjectJson } from './project-json-parse.ts';
import { renderProjectJson, renderReleaseJson } from './project-json-text.ts';
import type { PythonVersion } from './version-order.ts';

/** A project with all its releases, for the JSON API. */
export const projectJson: DocumentKind<ProjectJson> = {
  id: 'pypi-project-json-1',
  reads: 'manifest',
  readsFiles: true,
  build: buildProjectJson,
  parse: parseProjectJson,
  versions: ({ releases }) =>
    releases.map((release) => ({ version: release.version, publishedAt: publicationDate(release) })),
  keep: keepReleases,
  merge: mergeProjectJson,
  render: renderProjectJson,
};

/** The same document, of which one version is written. */
export function releaseJson({ key }: PythonVersion): DocumentKind<ProjectJson> {
  return {
    ...projectJson,
    id: `pypi-release-json-1 ${key}`,
    render: (project, { base }) => renderReleaseJson(project, key, base),
  };
}
