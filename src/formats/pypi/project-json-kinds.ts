import type { Advisory } from '../../registry/model.ts';
import type { DocumentKind } from '../format.ts';
import { buildProjectJson, keepReleases, mergeProjectJson, type ProjectJson, publicationDate } from './project-json.ts';
import { parseProjectJson } from './project-json-parse.ts';
import { renderProjectJson, renderReleaseJson } from './project-json-text.ts';
import type { PythonVersion } from './version-order.ts';
import { knowledgeKey } from './vulnerabilities.ts';

/** The same with what is known of weaknesses: in `projectJson` nothing is. */
export function advisedProjectJson(known: readonly Advisory[]): DocumentKind<ProjectJson> {
  return {
    ...projectJson,
    id: `${projectJson.id}${knowledgeKey(known)}`,
    render: (project, context) => renderProjectJson(project, context, known),
  };
}

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
export function releaseJson({ key }: PythonVersion, known: readonly Advisory[] = []): DocumentKind<ProjectJson> {
  return {
    ...projectJson,
    id: `pypi-release-json-1 ${key}${knowledgeKey(known)}`,
    render: (project, { base }) => renderReleaseJson(project, key, base, known),
  };
}
