import { first } from './0001-first.ts';
import { filesOfFormats } from './0002-files-of-formats.ts';
import { upstreams } from './0003-upstreams.ts';
import { symbols } from './0004-symbols.ts';
import { advisories } from './0005-advisories.ts';
import { nameProtection } from './0006-name-protection.ts';
import { policy } from './0007-policy.ts';
import { requestForwarding } from './0008-request-forwarding.ts';
import { cacheCleanup } from './0009-cache-cleanup.ts';
import type { Migration } from './migration.ts';

/** In the order of their ids. A released one never changes: its checksum is in every database. */
export const migrations: readonly Migration[] = [
  first,
  filesOfFormats,
  upstreams,
  symbols,
  advisories,
  nameProtection,
  policy,
  requestForwarding,
  cacheCleanup,
];
