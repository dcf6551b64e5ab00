import { formatSettingKey } from './format-settings.ts';
import { Secret } from './secret.ts';
import type { Config } from './settings.ts';
import { named } from './settings.ts';

/** The settings in force by their names in the environment, as text; `null` where there is none. Secrets are hidden. */
export function showConfig(config: Config): ReadonlyMap<string, string | null> {
  const derived: Readonly<Record<string, unknown>> = {
    ...config,
    database: config.database.kind === 'sqlite' ? config.database.url : config.database.shown,
    blobs: config.blobs.url,
    tlsCert: config.tls?.certFile ?? null,
    tlsKey: config.tls?.keyFile ?? null,
  };
  const shown = new Map<string, string | null>();
  for (const [name, { key }] of Object.entries(named)) shown.set(key, textOf(derived[name]));
  for (const [format, bytes] of config.maxFileSize) {
    shown.set(`PACKYARD_${format.toUpperCase()}_MAX_FILE_SIZE`, String(bytes));
  }
  for (const [name, text] of config.formatSettings) {
    const [id = '', setting = ''] = name.split('.');
    shown.set(formatSettingKey(id, setting), text);
  }
  return shown;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Secret) return value.toString();
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}
