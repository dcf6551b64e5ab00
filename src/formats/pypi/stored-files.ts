import type { SourceFile, SourceVersion } from '../../registry/model.ts';
import { stringMember } from './json-values.ts';
import type { SimpleFile } from './simple-project.ts';
import { parseVersion } from './version-order.ts';

/** What is kept of a distribution beside its bytes (`PublishedFile.details`). */
export interface FileDetails {
  /** Normalised name of its project: its file name alone doesn't always tell. */
  readonly project: string;
  readonly packageType: 'bdist_wheel' | 'sdist';
  /** Tags of interpreters (`py3`), or `source`. */
  readonly pythonVersion: string;
  readonly requiresPython: string | null;
  /** BLAKE2b of 256 bits, hex. */
  readonly blake2b256: string;
  readonly comment: string | null;
}

/** Files that belong to a distribution, by what is put behind its name. */
export const companions = { metadata: '.metadata', signature: '.asc', provenance: '.provenance' } as const;

export function writeDetails(details: FileDetails): string {
  return JSON.stringify(details);
}

export function readDetails(text: string | null): FileDetails {
  const details: unknown = text === null ? {} : JSON.parse(text);
  const string = (key: keyof FileDetails): string => stringMember(details, key) ?? '';
  return {
    project: string('project'),
    packageType: string('packageType') === 'bdist_wheel' ? 'bdist_wheel' : 'sdist',
    pythonVersion: string('pythonVersion'),
    requiresPython: stringMember(details, 'requiresPython'),
    blake2b256: string('blake2b256'),
    comment: stringMember(details, 'comment'),
  };
}

/** A distribution of a version, and what belongs to it. */
export interface Distribution {
  readonly file: SourceFile;
  readonly details: FileDetails;
  readonly metadata: SourceFile | null;
  readonly isSigned: boolean;
  readonly hasProvenance: boolean;
}

/** By file name. */
export function distributionsOf({ files }: SourceVersion): readonly Distribution[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  return files
    .filter(({ role }) => role === 'archive')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((file) => ({
      file,
      details: readDetails(file.details),
      metadata: byName.get(`${file.name}${companions.metadata}`) ?? null,
      isSigned: byName.has(`${file.name}${companions.signature}`),
      hasProvenance: byName.has(`${file.name}${companions.provenance}`),
    }));
}

/** What a page shows of a version, and where. */
interface Entry {
  /** Compared as text it gives the order of versions. */
  readonly order: string;
  readonly files: readonly SimpleFile[];
}

/** A version stays the same object until it changes: what was read of it once needs no second reading. */
const known = new WeakMap<SourceVersion, Entry>();

/** The files of a version as its project's page lists them. */
export function entryOf(version: SourceVersion): Entry {
  const made = known.get(version) ?? {
    order: parseVersion(version.version)?.order ?? '',
    files: distributionsOf(version).map((distribution) => simpleFile(version, distribution)),
  };
  known.set(version, made);
  return made;
}

function simpleFile(version: SourceVersion, { file, details, metadata, ...rest }: Distribution): SimpleFile {
  return {
    id: `${file.id}.${version.revision}`,
    fileName: file.name,
    version: version.version,
    sha256: file.digests.sha256,
    size: file.size,
    uploadedAt: file.createdAt,
    requiresPython: details.requiresPython,
    yanked: version.standing === 'yanked' ? (version.standingReason ?? '') : null,
    metadata: metadata?.digests.sha256 ?? null,
    isSigned: rest.isSigned,
    provenance: rest.hasProvenance ? 'ours' : null,
    source: null,
  };
}
