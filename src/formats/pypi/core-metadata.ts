import { problem } from '../../problems/problem.ts';
import { readHeaders } from './metadata-headers.ts';
import { plainText } from './plain-text.ts';

/** Members as the JSON API of the public index calls them, by field in lower case. */
const singles: ReadonlyMap<string, string> = new Map([
  ['summary', 'summary'],
  ['description-content-type', 'description_content_type'],
  ['keywords', 'keywords'],
  ['home-page', 'home_page'],
  ['download-url', 'download_url'],
  ['author', 'author'],
  ['author-email', 'author_email'],
  ['maintainer', 'maintainer'],
  ['maintainer-email', 'maintainer_email'],
  ['license', 'license'],
  ['license-expression', 'license_expression'],
  ['requires-python', 'requires_python'],
]);

const lists: ReadonlyMap<string, string> = new Map([
  ['dynamic', 'dynamic'],
  ['platform', 'platform'],
  ['supported-platform', 'supported_platform'],
  ['classifier', 'classifiers'],
  ['requires-dist', 'requires_dist'],
  ['requires-external', 'requires_external'],
  ['project-url', 'project_urls'],
  ['provides-extra', 'provides_extra'],
  ['provides-dist', 'provides_dist'],
  ['obsoletes-dist', 'obsoletes_dist'],
  ['requires', 'requires'],
  ['provides', 'provides'],
  ['obsoletes', 'obsoletes'],
  ['license-file', 'license_files'],
  ['import-name', 'import_names'],
  ['import-namespace', 'import_namespaces'],
]);

/** Values that some tools write for a missing one. */
const nothing: ReadonlySet<string> = new Set(['', 'UNKNOWN']);

/** Core metadata of one distribution: https://packaging.python.org/en/latest/specifications/core-metadata/. */
export interface CoreMetadata {
  /** `2.4` */
  readonly metadataVersion: string;
  /** As written; checked by whoever compares them. */
  readonly name: string;
  readonly version: string;
  /** By the JSON API's member; absent when the metadata doesn't say. */
  readonly texts: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly description: string | null;
}

/** Core metadata as it stands in an archive. */
export interface ArchiveMetadata {
  readonly text: string;
  /** The same, byte for byte; `null` when these are no UTF-8, so that clients couldn't read them. */
  readonly bytes: Buffer | null;
}

export const maxMetadata = 4 * 1024 ** 2;

/** Reads `METADATA` or `PKG-INFO`; refuses what has no name, no version, or two of them, and versions that come after 2. */
export function readCoreMetadata(text: string): CoreMetadata {
  const { fields, body } = readHeaders(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const metadataVersion = theOnly(fields, 'metadata-version', 'Metadata-Version');
  checkMetadataVersion(metadataVersion);
  const texts = new Map<string, string>();
  for (const [field, name] of singles) {
    const value = valueOf(fields.get(field)?.[0]);
    if (value !== null) texts.set(name, value);
  }
  const repeated = new Map<string, readonly string[]>();
  for (const [field, name] of lists) {
    const values = (fields.get(field) ?? []).map(valueOf).filter((value) => value !== null);
    if (values.length > 0) repeated.set(name, values);
  }
  return {
    metadataVersion,
    name: theOnly(fields, 'name', 'Name'),
    version: theOnly(fields, 'version', 'Version'),
    texts,
    lists: repeated,
    description: valueOf(body) ?? unindented(fields.get('description')?.[0]),
  };
}

/** The fields that an sdist leaves to its build; in lower case. */
function dynamicFields({ lists: repeated }: CoreMetadata): ReadonlySet<string> {
  return new Set((repeated.get('dynamic') ?? []).map((field) => field.toLowerCase()));
}

function theOnly(fields: ReadonlyMap<string, readonly string[]>, field: string, name: string): string {
  const values = fields.get(field) ?? [];
  const [value = ''] = values;
  if (values.length > 1) throw problem('invalid-archive', `The metadata in the archive has ${name} twice.`);
  if (value.trim() === '') throw problem('invalid-archive', `The metadata in the archive has no ${name}.`);
  return value.trim();
}

/** A later minor version may be read as an earlier one, a later major version not. */
function checkMetadataVersion(version: string): void {
  if (/^[12]\.\d{1,4}$/.test(version)) return;
  throw problem('invalid-archive', `Metadata-Version ${version.slice(0, 40)} is not known here; 1.0 to 2.x are.`);
}

function valueOf(value: string | undefined): string | null {
  const text = plainText(value ?? '', value?.length ?? 0).trim();
  return nothing.has(text) ? null : text;
}

/** A description in the header has its later lines moved in by eight characters, or by seven and a bar. */
function unindented(value: string | undefined): string | null {
  return valueOf(value?.replaceAll(/\n(?: {7}\|| {8})/g, '\n'));
}

/** What decides an installation: when a build may change it, the metadata in an sdist is no answer. */
const decisive: readonly string[] = ['requires-dist', 'requires-python', 'provides-extra'];

/** Whether metadata of an sdist holds for all that is built from it: since version 2.2 it says what doesn't. */
export function isStatic(metadata: CoreMetadata): boolean {
  const [major, minor] = metadata.metadataVersion.split('.').map(Number);
  const dynamic = dynamicFields(metadata);
  return major === 2 && (minor ?? 0) >= 2 && !decisive.some((field) => dynamic.has(field));
}
