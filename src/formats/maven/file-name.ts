/** A file name inside the folder of a version, taken apart. */
export interface ArtifactFile {
  readonly kind: 'artifact' | 'ivy';
  /** Of a timestamped snapshot; `null` for others. */
  readonly build: SnapshotBuild | null;
  /** `sources`; `null` for the main artifact and its POM. */
  readonly classifier: string | null;
  /** May hold dots: `tar.gz`, `jar.asc`. */
  readonly extension: string;
}

/** One deploy of a snapshot: all its files carry the same pair. */
export interface SnapshotBuild {
  /** `yyyyMMdd.HHmmss`, UTC, by the client's clock. */
  readonly timestamp: string;
  readonly number: number;
}

const snapshotSuffix = 'SNAPSHOT';

export function isSnapshot(version: string): boolean {
  return version === snapshotSuffix || version.endsWith(`-${snapshotSuffix}`);
}

/** A build's version as it stands in file names: `1.0-20260102.030405-6` for `1.0-SNAPSHOT`. */
export function buildVersion(version: string, { timestamp, number }: SnapshotBuild): string {
  return `${version.slice(0, -snapshotSuffix.length)}${timestamp}-${number}`;
}

/**
 * Reads a file name from the left, for classifiers and extensions have dots and dashes of their own. `null` when it
 * doesn't belong into the folder of that artifact and version.
 */
export function parseFileName(artifactId: string, version: string, fileName: string): ArtifactFile | null {
  if (/^ivy-.+\.xml(\.asc)?$/.test(fileName)) {
    return { kind: 'ivy', build: null, classifier: null, extension: fileName.endsWith('.asc') ? 'xml.asc' : 'xml' };
  }
  for (const prefix of prefixesOf(artifactId)) {
    const rest = fileName.startsWith(prefix) ? fileName.slice(prefix.length) : null;
    const parsed = rest === null ? null : (parsePlain(version, rest) ?? parseBuild(version, rest));
    if (parsed !== null) return parsed;
  }
  return null;
}

/** sbt's plugins: the folder's name has the versions of Scala and sbt, the file's has not. */
function prefixesOf(artifactId: string): string[] {
  const plain = artifactId.replace(/_[\d.]+_[\d.]+$/, '');
  return plain === artifactId ? [`${artifactId}-`] : [`${artifactId}-`, `${plain}-`];
}

function parsePlain(version: string, rest: string): ArtifactFile | null {
  return rest.startsWith(version) ? parseEnd(rest.slice(version.length), null) : null;
}

function parseBuild(version: string, rest: string): ArtifactFile | null {
  const stem = isSnapshot(version) ? version.slice(0, -snapshotSuffix.length) : null;
  if (stem === null || !rest.startsWith(stem)) return null;
  const found = /^(\d{8}\.\d{6})-(\d{1,9})(.*)$/.exec(rest.slice(stem.length));
  const [, timestamp = '', number = '', end = ''] = found ?? [];
  return found === null ? null : parseEnd(end, { timestamp, number: Number(number) });
}

function parseEnd(end: string, build: SnapshotBuild | null): ArtifactFile | null {
  const [, classifier, extension] = /^(?:-([^.]+))?\.(.+)$/.exec(end) ?? [];
  if (extension === undefined) return null;
  return { kind: 'artifact', build, classifier: classifier ?? null, extension };
}
