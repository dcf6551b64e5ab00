/** The registry as a format sees it, on a catalogue of the engine under test, without HTTP. */
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { anonymous, type Caller } from '../../src/access/caller.ts';
import { MemoryBlobs } from '../../src/blobs/memory.ts';
import type { Database } from '../../src/database/database.ts';
import type { Format } from '../../src/formats/format.ts';
import { generic } from '../../src/formats/generic/index.ts';
import { ForwardingSettings } from '../../src/policy/forwarding.ts';
import { Documents } from '../../src/registry/documents.ts';
import { DownloadTickets, newTicketSecret } from '../../src/registry/download-tickets.ts';
import type { RegistryFoundation } from '../../src/registry/foundation.ts';
import type { Mount } from '../../src/registry/mount.ts';
import { newOpenPgpKey, OpenPgpKey } from '../../src/registry/open-pgp-key.ts';
import { BoundRegistry } from '../../src/registry/port.ts';
import { newSigningKey, SigningKeys } from '../../src/registry/signing-keys.ts';
import { AdvisedVersions } from '../../src/registry/advised.ts';
import { HiddenLog } from '../../src/registry/hidden-log.ts';
import { Traces } from '../../src/registry/kept-traces.ts';
import { StagedUploads } from '../../src/registry/staged-uploads.ts';

export interface Bench {
  /** The registry for one caller at one mount; a format like Generic unless changed. */
  at(mount: Mount, caller?: Caller, format?: Partial<Format>): BoundRegistry;
}

export function openBench(database: Database, now: () => number): Bench {
  const services: RegistryFoundation = {
    database,
    authenticator: createAuthenticator({ db: database, now }),
    blobs: new MemoryBlobs(),
    documents: new Documents(database, 2 ** 20),
    downloads: { count: () => undefined },
    // Only virtual mounts ask it, and there are none here.
    upstreams: undefined as never,
    traces: new Traces({ database, secret: 'test', now }),
    hiddenLog: new HiddenLog(database, now),
    advised: new AdvisedVersions(database),
    forwarding: new ForwardingSettings(database, () => false),
    signing: new SigningKeys(newSigningKey()),
    openPgp: new OpenPgpKey(() => newOpenPgpKey(now())),
    tickets: new DownloadTickets(newTicketSecret()),
    onPublished: () => undefined,
    onTwin: () => undefined,
    now,
    maxFileSize: () => 2 ** 20,
    formatSettings: new Map(),
  };
  return {
    at: (mount, caller = anonymous, format = {}) =>
      new BoundRegistry({
        services,
        format: { ...generic, ...format },
        mount,
        caller,
        base: 'http://127.0.0.1',
        staged: new StagedUploads(),
      }),
  };
}
