import type { EmbeddedFile } from './manifest.ts';
import type { NuGetVersion } from './nuget-version.ts';

/**
 * Which clients a registration document is for. `plain` and `gzip` (`RegistrationsBaseUrl` up to 3.4.0) leave out what
 * clients before NuGet 4.3 can't read; all are compressed when asked for so.
 */
export type Hive = 'plain' | 'gzip' | 'semver2';

export const hives: readonly Hive[] = ['plain', 'gzip', 'semver2'];

/** First segment of their paths; the plain one is GitLab's. */
export const hivePaths: Readonly<Record<Hive, string>> = {
  plain: 'metadata',
  gzip: 'metadata-gzip',
  semver2: 'metadata-semver2',
};

/** `base` of all these is the mount, without trailing slash. */
export function registrationUrl(base: string, hive: Hive, id: string): string {
  return `${base}/${hivePaths[hive]}/${id.toLowerCase()}/index.json`;
}

export function leafUrl(base: string, hive: Hive, id: string, { key }: NuGetVersion): string {
  return `${base}/${hivePaths[hive]}/${id.toLowerCase()}/${key}.json`;
}

export function pageUrl(base: string, hive: Hive, id: string, lower: NuGetVersion, upper: NuGetVersion): string {
  return `${base}/${hivePaths[hive]}/${id.toLowerCase()}/page/${lower.key}/${upper.key}.json`;
}

export function packageUrl(base: string, id: string, { key }: NuGetVersion): string {
  const lower = id.toLowerCase();
  return `${base}/download/${lower}/${key}/${lower}.${key}.nupkg`;
}

export function embeddedUrl(base: string, id: string, { key }: NuGetVersion, file: EmbeddedFile): string {
  return `${base}/download/${id.toLowerCase()}/${key}/${file}`;
}
