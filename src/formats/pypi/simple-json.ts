import type { DocumentContent, RenderContext } from '../format.ts';
import { mediaTypes } from './accept.ts';
import { fileUrl, provenanceUrl } from './file-urls.ts';
import { keyedParts, type ListWriting } from './keyed-parts.ts';
import { checkOffered, type SimpleFile, type SimpleProject, versionsOf } from './simple-project.ts';

/** Files without a size are allowed only before 1.1. */
export const apiVersions = { full: '1.4', withoutSizes: '1.0' } as const;

const writing: ListWriting<SimpleFile> = {
  mark: 'pypi-json-1',
  separator: ',',
  nameOf: ({ fileName }) => fileName,
  write: writeFile,
};

/** `GET /simple/:name/`: https://packaging.python.org/en/latest/specifications/simple-repository-api/#project-detail. */
export function renderSimpleJson(project: SimpleProject, { base }: RenderContext): DocumentContent {
  const { name, status, files } = project;
  checkOffered(project);
  const head = {
    meta: { 'api-version': apiVersionOf(files) },
    name,
    'project-status': { status: status?.status ?? 'active', reason: status?.reason ?? undefined },
    versions: versionsOf(project).map(({ version }) => version),
  };
  const start = `${JSON.stringify(head).slice(0, -1)},"files":[`;
  return { mediaType: mediaTypes.json, parts: [start, ...keyedParts(files, writing, base), ']}'] };
}

export function apiVersionOf(files: readonly SimpleFile[]): string {
  return files.every(({ size }) => size !== null) ? apiVersions.full : apiVersions.withoutSizes;
}

function writeFile(file: SimpleFile, base: string): string {
  return JSON.stringify({
    filename: file.fileName,
    url: fileUrl(base, file),
    hashes: { sha256: file.sha256 },
    size: file.size ?? undefined,
    'upload-time': file.uploadedAt === null ? undefined : new Date(file.uploadedAt).toISOString(),
    'requires-python': file.requiresPython ?? undefined,
    yanked: file.yanked === null ? false : file.yanked || true,
    // Never `dist-info-metadata`: pip 22.3 to 23.1 dies of an object there.
    'core-metadata': metadataOf(file.metadata),
    'gpg-sig': file.isSigned,
    provenance: provenanceUrl(base, file) ?? undefined,
  });
}

function metadataOf(metadata: SimpleFile['metadata']): boolean | { sha256: string } {
  if (metadata === null || metadata === true) return metadata === true;
  return { sha256: metadata };
}
