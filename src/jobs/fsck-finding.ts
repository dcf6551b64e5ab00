/** Something that fsck has to say. `docs/` tells what to do about each. */
export interface Finding {
  readonly kind:
    | 'missing-blob'
    | 'wrong-size'
    | 'wrong-digest'
    | 'unreadable-blob'
    | 'orphan-blob'
    | 'orphan-row'
    | 'unparseable-manifest'
    | 'dangling-tag'
    | 'version-without-files';
  /** A notice is no fault: what an interrupted publish leaves until collect-garbage comes by. */
  readonly level: 'problem' | 'notice';
  /** A sentence. */
  readonly message: string;
  readonly sha256?: string;
  readonly size?: number;
  /** Ids of versions that can't be downloaded any more. */
  readonly versionIds?: readonly number[];
}

export type Report = (finding: Finding) => void;
