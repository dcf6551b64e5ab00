import type { JsonRelease, ProjectJson } from './project-json.ts';
import { member } from './json-values.ts';

const texts = [
  'author',
  'author_email',
  'description_content_type',
  'download_url',
  'home_page',
  'keywords',
  'license',
  'license_expression',
  'maintainer',
  'maintainer_email',
  'requires_python',
  'summary',
] as const;

const lists = ['dynamic', 'license_files', 'platform', 'provides_extra', 'requires_dist'] as const;

/** `info` of the JSON API. Members that the metadata doesn't have are `null`, as clients of the public index know them. */
export function releaseInfo(project: ProjectJson, release: JsonRelease, description: string | null, base: string) {
  const info: unknown = JSON.parse(release.info);
  const shown: Record<string, unknown> = { name: member(info, 'name') ?? project.name, version: release.version };
  for (const name of [...texts, ...lists]) shown[name] = member(info, name) ?? null;
  const url = `${base}/simple/${project.name}/`;
  return {
    ...shown,
    classifiers: member(info, 'classifiers') ?? [],
    project_urls: projectUrls(member(info, 'project_urls')),
    description: description ?? '',
    package_url: url,
    project_url: url,
    release_url: `${base}/pypi/${project.name}/${release.version}/json`,
    yanked: release.yanked !== null,
    yanked_reason: release.yanked || null,
    downloads: { last_day: -1, last_month: -1, last_week: -1 },
  };
}

/** `Label, URL` of the metadata as label → URL. */
function projectUrls(urls: unknown): Readonly<Record<string, string>> | null {
  if (!Array.isArray(urls)) return null;
  const pairs = urls.map((text: unknown) => {
    const [label = '', ...url] = String(text).split(',');
    return [label.trim(), url.join(',').trim()];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}
