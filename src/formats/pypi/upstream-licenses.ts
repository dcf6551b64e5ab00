import { licenseNamed } from '../../lib/license-names.ts';
import { licenseText, readLicense } from '../../lib/license-expression.ts';
import { ask, type UpstreamSteps } from '../upstream-protocol.ts';
import { readHeaders } from './metadata-headers.ts';
import type { SimpleFile, SimpleProject } from './simple-project.ts';
import { companions } from './stored-files.ts';
import { parseVersion } from './version-order.ts';

/** Pages don't say licenses, metadata does, which is a request for each release: for so many, the newest first. */
const mostAsked = 20;
/** Metadata of a file never changes. */
const month = 30 * 24 * 3_600_000;

/** The project with the licenses of its newest releases. `linkOf`: where a file lies, `null` = nobody knows. */
export function* withLicenses(
  project: SimpleProject,
  linkOf: (file: SimpleFile) => string | null,
): UpstreamSteps<SimpleProject> {
  const order = (version: string): string => parseVersion(version)?.order ?? '';
  const newest = [...new Set(project.files.map(({ version }) => version))]
    .sort((a, b) => (order(a) < order(b) ? 1 : -1))
    .slice(0, mostAsked);
  const licenses = new Map<string, string | null>();
  for (const version of newest) licenses.set(version, yield* licenseOf(project, version, linkOf));
  return { ...project, files: project.files.map((file) => ({ ...file, license: licenses.get(file.version) ?? null })) };
}

/** Of one release, by the metadata of any of its files; `null` = unknown. */
export function* licenseOf(
  { files }: SimpleProject,
  version: string,
  linkOf: (file: SimpleFile) => string | null,
): UpstreamSteps<string | null> {
  const file = files.find((each) => each.version === version && each.metadata !== null);
  const link = file === undefined ? null : linkOf(file);
  if (link === null) return null;
  return yield* ask({ path: `${link}${companions.metadata}`, read: readLicenseField, goodFor: month });
}

/**
 * `License-Expression`; in older metadata the classifiers, or what the author wrote.
 * https://packaging.python.org/en/latest/specifications/core-metadata/#license-expression
 */
export function readLicenseField(metadata: string): string | null {
  const { fields } = readHeaders(metadata);
  const first = (field: string): string => (fields.get(field)?.[0] ?? '').trim();
  if (first('license-expression') !== '') return licenseText(first('license-expression'));
  const written = first('license');
  // Some put the whole text there.
  // `MIT OR Apache-2.0` was written there before there was a field for it.
  if (readLicense(written).kind !== 'license') return licenseText(written);
  const named = written === '' || written.includes('\n') || written === 'UNKNOWN' ? null : licenseNamed(written);
  if (named !== null && !named.startsWith('LicenseRef-')) return named;
  const classified = (fields.get('classifier') ?? [])
    .filter((classifier) => classifier.startsWith('License :: '))
    .map((classifier) => licenseNamed(classifier.split(' :: ').at(-1) ?? ''))
    .filter((id) => id !== null && id !== 'LicenseRef-OSI-Approved');
  if (classified.length > 0) return licenseText([...new Set(classified)].join(' AND '));
  return named;
}
