import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest } from '../lib/nearest.ts';
import {
  type ConfigurableFormat,
  type FormatSettings,
  formatSettingKeys,
  parseFormatSettings,
} from './format-settings.ts';
import type { Setting } from './setting.ts';
import type { Config } from './settings.ts';
import { maxFileSize } from './limits.ts';
import { named, settings } from './settings.ts';
import { filesIn, sqliteIn } from './storage.ts';
import type { SettingText, SourceOptions } from './sources.ts';
import { gather } from './sources.ts';

export type { Config } from './settings.ts';

/** Thrown with every mistake at once; each is a full sentence. */
export class ConfigErrors extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigErrors';
    this.mistakes = mistakes;
  }
}

export interface LoadOptions extends SourceOptions {
  /** The formats there are, with what they let be set; without them only the sizes of any format are read. */
  readonly formats?: readonly ConfigurableFormat[];
}

/** Reads all settings. Throws `ConfigErrors`. The result is frozen and prints without its secrets. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { texts, mistakes: found } = await gather(options);
  const mistakes = [...found];
  const values = parseNamed(texts, options.cwd, mistakes);
  const sizes = parseMaxFileSizes(texts, mistakes);
  const formatSettings = parseFormatSettings(texts, options.formats ?? [], mistakes);
  findUnknown(texts, options.formats, mistakes);
  await checkTls(values, mistakes);
  checkBucketKeys(values, mistakes);
  if (mistakes.length > 0) throw new ConfigErrors(mistakes);
  return complete(values, sizes, formatSettings);
}

/** The shape before what follows from other settings is filled in. */
type Parsed = { -readonly [Name in keyof typeof named]: ReturnType<(typeof named)[Name]['parse']> | null };

function parseNamed(texts: ReadonlyMap<string, SettingText>, cwd: string, mistakes: string[]): Parsed {
  const values: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(named)) {
    const fallback =
      declared.default === null ? undefined : { text: declared.default, folder: cwd, origin: 'the defaults' };
    const given = texts.get(declared.key) ?? fallback;
    values[name] = given === undefined ? null : parseOne(declared, declared.key, given, mistakes);
  }
  return values as Parsed;
}

function parseOne(declared: Setting, key: string, given: SettingText, mistakes: string[]): unknown {
  try {
    return declared.parse(given.text, given);
  } catch (error) {
    const was = declared.secret === true ? '' : ` (it is "${given.text}")`;
    mistakes.push(`${key} in ${given.origin} ${error instanceof Error ? error.message : 'is wrong'}${was}.`);
    return null;
  }
}

const sizeKey = /^PACKYARD_([A-Z0-9_]+)_MAX_FILE_SIZE$/;

function parseMaxFileSizes(texts: ReadonlyMap<string, SettingText>, mistakes: string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [key, given] of texts) {
    const format = sizeKey.exec(key)?.[1];
    if (format === undefined) continue;
    const bytes = parseOne(maxFileSize, key, given, mistakes);
    if (typeof bytes === 'number') sizes.set(format.toLowerCase(), bytes);
  }
  return sizes;
}

function findUnknown(
  texts: ReadonlyMap<string, SettingText>,
  formats: readonly ConfigurableFormat[] | undefined,
  mistakes: string[],
): void {
  const known = new Set<string>([...settings.map((declared) => declared.key), ...formatSettingKeys(formats ?? [])]);
  for (const [key, { origin }] of texts) {
    if (known.has(key) || (formats === undefined && sizeKey.test(key))) continue;
    const meant = nearest(key, [...known]);
    mistakes.push(`${key} in ${origin} is no setting${meant === null ? '' : `; did you mean ${meant}?`}`);
  }
}

async function checkTls(values: Parsed, mistakes: string[]): Promise<void> {
  if ((values.tlsCert === null) !== (values.tlsKey === null)) {
    mistakes.push('PACKYARD_TLS_CERT and PACKYARD_TLS_KEY must be set together.');
  }
  for (const name of ['tlsCert', 'tlsKey'] as const) {
    const file = values[name];
    if (file === null) continue;
    const readable = await access(file, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (!readable) mistakes.push(`${named[name].key} names ${file}, which cannot be read.`);
  }
}

function checkBucketKeys({ s3AccessKey, s3SecretKey }: Parsed, mistakes: string[]): void {
  if ((s3AccessKey === null) !== (s3SecretKey === null)) {
    mistakes.push('PACKYARD_S3_ACCESS_KEY and PACKYARD_S3_SECRET_KEY must be set together.');
  }
}

function complete(
  { tlsCert, tlsKey, ...values }: Parsed,
  sizes: ReadonlyMap<string, number>,
  formatSettings: FormatSettings,
): Config {
  const dataFolder = values.dataFolder ?? '';
  const config = {
    ...values,
    dataFolder,
    database: values.database ?? sqliteIn(join(dataFolder, 'packyard.db')),
    blobs: values.blobs ?? filesIn(dataFolder),
    tls: tlsCert === null || tlsKey === null ? null : Object.freeze({ certFile: tlsCert, keyFile: tlsKey }),
    maxFileSize: sizes,
    formatSettings,
    warnings: warningsAbout(values.host ?? '', values.externalUrl),
  };
  // `parseNamed` left `null` only where a setting has no default: anything else became a mistake before.
  return Object.freeze(config) as Config;
}

function warningsAbout(host: string, externalUrl: string | null): readonly string[] {
  const onlyHere = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (onlyHere || externalUrl !== null) return [];
  return ['PACKYARD_EXTERNAL_URL is not set, so URLs in answers follow the Host header that each client sends.'];
}
