/** All settings. `docs/configuration.md` lists the same ones; a test compares. */
import { bucket } from './bucket.ts';
import { limits, maxFileSize } from './limits.ts';
import { logging } from './logging.ts';
import { network } from './network.ts';
import { text } from './parsers.ts';
import type { FormatSettings } from './format-settings.ts';
import type { Setting, Values } from './setting.ts';
import { setting } from './setting.ts';
import { firstStart, secrets, storage } from './storage.ts';
import type { BlobsLocation, DatabaseLocation } from './storage.ts';

/** Read before the others: it says where to read more of them. */
export const settingsFile = setting({
  key: 'PACKYARD_CONFIG',
  default: null,
  defaultNote: 'none',
  meaning: 'YAML file with the same settings. The environment wins over it.',
  parse: text,
});

/** By the property of `Config` that they fill. */
export const named = { ...network, ...storage, ...bucket, ...secrets, ...firstStart, ...limits, ...logging };

export const settings: readonly Setting[] = [settingsFile, ...Object.values(named), maxFileSize];

type Parsed = Values<typeof named>;

/** Everything that can be set, checked and complete. Paths are absolute, sizes bytes, networks in CIDR form. */
export interface Config extends Omit<Parsed, 'database' | 'blobs' | 'tlsCert' | 'tlsKey'> {
  readonly database: DatabaseLocation;
  readonly blobs: BlobsLocation;
  /** Files in PEM form; `null` = plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Bytes by format id, where it was set; the format's own default otherwise. */
  readonly maxFileSize: ReadonlyMap<string, number>;
  /** What was set of formats' own settings, by `<format id>.<name>`; the format's own default otherwise. */
  readonly formatSettings: FormatSettings;
  /** Sentences about settings that are allowed but probably not meant. */
  readonly warnings: readonly string[];
}
