import { problem } from '../../problems/problem.ts';
import type { DocumentContent, RenderContext } from '../format.ts';
import { fileUrl } from './file-urls.ts';
import { keyedParts, type ListWriting } from './keyed-parts.ts';
import { type JsonFile, type JsonRelease, latestRelease, type ProjectJson } from './project-json.ts';
import type { Advisory } from '../../registry/model.ts';
import { releaseInfo } from './release-info.ts';
import { parseVersion } from './version-order.ts';
import { vulnerabilitiesText } from './vulnerabilities.ts';

const mediaType = 'application/json';

const writing: ListWriting<JsonRelease> = {
  mark: 'pypi-releases-1',
  separator: ',',
  nameOf: ({ version }) => version,
  write: (release, base) => `${JSON.stringify(release.version)}:${filesText(release, base)}`,
};

/** `GET /pypi/:name/json`: https://docs.pypi.org/api/json/. */
export function renderProjectJson(
  project: ProjectJson,
  { base }: RenderContext,
  known: readonly Advisory[] = [],
): DocumentContent {
  const latest = latestRelease(project);
  if (latest === null) throw problem('package-not-found', `There is no file of ${project.name} here.`);
  const info = JSON.stringify(releaseInfo(project, latest, project.description, base));
  const end = `},"urls":${filesText(latest, base)},"vulnerabilities":${vulnerabilitiesText(known, latest.version)}}`;
  return {
    mediaType,
    parts: [`{"info":${info},"last_serial":0,"releases":{`, ...keyedParts(project.releases, writing, base), end],
  };
}

/** `GET /pypi/:name/:version/json`: one version, by its key. */
export function renderReleaseJson(
  project: ProjectJson,
  versionKey: string,
  base: string,
  known: readonly Advisory[] = [],
): DocumentContent {
  const release = project.releases.find(({ version }) => parseVersion(version)?.key === versionKey);
  if (release === undefined) throw problem('version-not-found', `${project.name} has no such version here.`);
  const info = JSON.stringify(releaseInfo(project, release, null, base));
  return {
    mediaType,
    parts: [
      `{"info":${info},"last_serial":0,"urls":${filesText(release, base)}`,
      `,"vulnerabilities":${vulnerabilitiesText(known, release.version)}}`,
    ],
  };
}

function filesText({ files, yanked }: JsonRelease, base: string): string {
  return `[${files.map((file) => fileText(file, yanked, base)).join()}]`;
}

function fileText(file: JsonFile, yanked: string | null, base: string): string {
  const time = file.uploadedAt === null ? null : new Date(file.uploadedAt).toISOString();
  return JSON.stringify({
    comment_text: file.comment ?? '',
    digests: { blake2b_256: file.blake2b256 ?? undefined, md5: file.md5 ?? undefined, sha256: file.sha256 },
    downloads: -1,
    filename: file.fileName,
    has_sig: false,
    md5_digest: file.md5 ?? undefined,
    packagetype: file.packageType,
    python_version: file.pythonVersion,
    requires_python: file.requiresPython,
    size: file.size,
    upload_time: time?.slice(0, 19) ?? null,
    upload_time_iso_8601: time,
    url: fileUrl(base, file),
    yanked: yanked !== null,
    yanked_reason: yanked || null,
  });
}
