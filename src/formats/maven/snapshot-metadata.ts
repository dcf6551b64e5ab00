import type { SourceFile, SourcePackage, SourceVersion } from '../../registry/model.ts';
import type { DocumentKind } from '../format.ts';
import { buildVersion, parseFileName, type SnapshotBuild } from './file-name.ts';
import { parseSnapshotMetadata } from './metadata-parse.ts';
import { renderSnapshotMetadata } from './metadata-xml.ts';
import { buildKey, buildsOf, highest, newest } from './snapshot-builds.ts';
import { compactTime } from './times.ts';
import { readSummary } from './version-summary.ts';

/** Where the newest file of one classifier and extension is found. */
export interface SnapshotFile {
  /** Empty for none. */
  readonly classifier: string;
  readonly extension: string;
  /** The version in its file name: `1.0-20260102.030405-6`, or `1.0-SNAPSHOT`. */
  readonly value: string;
  /** `yyyyMMddHHmmss`. */
  readonly updated: string;
}

/** `maven-metadata.xml` of one snapshot version. */
export interface SnapshotMetadata {
  readonly groupId: string | null;
  readonly artifactId: string | null;
  /** `1.0-SNAPSHOT`; `null` when there is nothing. */
  readonly version: string | null;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  /** The build that the next deploy counts on from; `null` when files aren't timestamped. */
  readonly snapshot: SnapshotBuild | null;
  readonly files: readonly SnapshotFile[];
}

const nothing: SnapshotMetadata = {
  groupId: null,
  artifactId: null,
  version: null,
  publishedAt: null,
  snapshot: null,
  files: [],
};

const kinds = { id: 'maven-snapshot-1', reads: 'summary', readsFiles: true } as const;

/** The version that a kind of `snapshotMetadata` is of; `null` for other kinds. */
export function snapshotVersionOf(kindId: string): string | null {
  return kindId.startsWith(`${kinds.id}/`) ? kindId.slice(kinds.id.length + 1) : null;
}

/** The document of one snapshot version, `1.0-SNAPSHOT`. */
export function snapshotMetadata(version: string): DocumentKind<SnapshotMetadata> {
  return {
    ...kinds,
    id: `${kinds.id}/${version}`,
    build: (source) => build(source, version),
    parse: parseSnapshotMetadata,
    versions: (doc) => (doc.version === null ? [] : [{ version: doc.version, publishedAt: doc.publishedAt }]),
    keep: (doc, kept) => (doc.version !== null && kept.has(doc.version) ? doc : nothing),
    merge,
    render: renderSnapshotMetadata,
  };
}

function build({ nameKey, versions }: SourcePackage, wanted: string): SnapshotMetadata {
  const found = versions.find(({ version, status }) => version === wanted && status !== 'hidden');
  if (found === undefined) return nothing;
  const folder = nameKey.split('/');
  const artifactId = folder.at(-1) ?? '';
  const { builds, hidden } = shownBuilds(artifactId, found);
  const files = newestFiles(artifactId, wanted, found.files, hidden);
  if (files.length === 0) return nothing;
  return {
    groupId: folder.slice(0, -1).join('.'),
    artifactId,
    version: wanted,
    publishedAt: found.publishedAt,
    snapshot: highest(builds),
    files,
  };
}

/** A build whose POM is all that came so far isn't shown while there are others: its POM would be mixed with their files. */
function shownBuilds(
  artifactId: string,
  { version, files, fragment }: SourceVersion,
): { builds: SnapshotBuild[]; hidden: ReadonlySet<string> } {
  const { all, begun } = buildsOf(
    artifactId,
    version,
    files.map(({ name }) => name),
  );
  const showsAll = begun.size === all.size || readSummary(fragment).packaging === 'pom';
  const hidden = showsAll ? new Set<string>() : begun;
  return { builds: [...all].filter(([key]) => !hidden.has(key)).map(([, build]) => build), hidden };
}

/** One entry for each classifier and extension. */
function newestFiles(
  artifactId: string,
  version: string,
  files: readonly SourceFile[],
  hidden: ReadonlySet<string>,
): SnapshotFile[] {
  const newestOf = new Map<string, { file: SnapshotFile; number: number }>();
  for (const { name, createdAt } of files) {
    const parsed = parseFileName(artifactId, version, name);
    if (parsed === null || parsed.kind === 'ivy') continue;
    const { build, extension } = parsed;
    if (build !== null && hidden.has(buildKey(build))) continue;
    const classifier = parsed.classifier ?? '';
    const value = build === null ? version : buildVersion(version, build);
    const updated = build === null ? compactTime(createdAt) : build.timestamp.replace('.', '');
    const number = build?.number ?? 0;
    const known = newestOf.get(`${classifier}.${extension}`);
    const isOlder =
      known !== undefined &&
      (updated < known.file.updated || (updated === known.file.updated && number < known.number));
    const file = { classifier, extension, value, updated };
    if (!isOlder) newestOf.set(`${classifier}.${extension}`, { file, number });
  }
  return [...newestOf.values()].map(({ file }) => file);
}

/** The newest of each classifier and extension; the earlier document wins a tie. */
function merge(docs: readonly SnapshotMetadata[]): SnapshotMetadata {
  const [only] = docs;
  if (docs.length === 1 && only !== undefined) return only;
  const full = docs.filter(({ version }) => version !== null);
  const files = new Map<string, SnapshotFile>();
  for (const file of full.flatMap((doc) => doc.files)) {
    const key = `${file.classifier}.${file.extension}`;
    const known = files.get(key);
    if (known === undefined || file.updated > known.updated) files.set(key, file);
  }
  const first = full[0] ?? nothing;
  return {
    ...first,
    publishedAt: full.find(({ publishedAt }) => publishedAt !== null)?.publishedAt ?? null,
    snapshot: newest(full.flatMap(({ snapshot }) => snapshot ?? [])),
    files: [...files.values()],
  };
}
