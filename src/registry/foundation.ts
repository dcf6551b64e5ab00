import type { Authenticator } from '../access/authenticate.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { NewTwin } from '../catalog/name-twins.ts';
import type { Database } from '../database/database.ts';
import type { UpstreamEngine } from '../upstream/engine.ts';
import type { Documents } from './documents.ts';
import type { AdvisedVersions } from './advised.ts';
import type { HiddenLog } from './hidden-log.ts';
import type { Traces } from './kept-traces.ts';
import type { ForwardingSettings } from '../policy/forwarding.ts';
import type { DownloadTickets } from './download-tickets.ts';
import type { OpenPgpKey } from './open-pgp-key.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Counts downloads without waiting for the database. */
export interface DownloadCounter {
  count(versionId: number): void;
}

/** What the pipeline stands on; the same for every request. `compose.ts` makes it. */
export interface RegistryFoundation {
  readonly database: Database;
  readonly authenticator: Authenticator;
  readonly blobs: BlobStore;
  readonly documents: Documents;
  readonly downloads: DownloadCounter;
  readonly upstreams: UpstreamEngine;
  readonly traces: Traces;
  readonly hiddenLog: Pick<HiddenLog, 'note' | 'flush'>;
  readonly advised: AdvisedVersions;
  readonly forwarding: ForwardingSettings;
  readonly signing: SigningKeys;
  readonly openPgp: OpenPgpKey;
  readonly tickets: DownloadTickets;
  /** Told of each publish that succeeded. */
  readonly onPublished: (formatId: string) => void;
  /** Told of a name of ours that another registry has too, the first time that it is seen. */
  readonly onTwin: (twin: NewTwin) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Largest file of a format, in bytes. */
  readonly maxFileSize: (formatId: string) => number;
  /** What was set of formats' own settings (`Format.settings`), by `<format id>.<name>`. */
  readonly formatSettings: ReadonlyMap<string, string>;
}
