/** Settings that formats declare themselves: nothing here knows which formats there are. */
import type { SettingText } from './sources.ts';

/** What of a format is set: `PACKYARD_<ID>_<NAME>`, such as `PACKYARD_GENERIC_DUPLICATES`. */
export interface ConfigurableFormat {
  readonly id: string;
  readonly settings?: readonly {
    readonly name: string;
    readonly default: string | null;
    readonly meaning: string;
    /** The text in its normal form; throws as `Setting.parse` does. */
    read(text: string): string;
  }[];
}

/** Texts of what was set, by `<id>.<name>`. */
export type FormatSettings = ReadonlyMap<string, string>;

export function formatSettingKey(formatId: string, name: string): `PACKYARD_${string}` {
  return `PACKYARD_${formatId.toUpperCase()}_${name.toUpperCase()}`;
}

/** What the formats let be set, by the name in the environment. */
export function formatSettingKeys(formats: readonly ConfigurableFormat[]): ReadonlySet<string> {
  return new Set(
    formats.flatMap(({ id, settings = [] }) => [
      formatSettingKey(id, 'MAX_FILE_SIZE'),
      ...settings.map(({ name }) => formatSettingKey(id, name)),
    ]),
  );
}

export function parseFormatSettings(
  texts: ReadonlyMap<string, SettingText>,
  formats: readonly ConfigurableFormat[],
  mistakes: string[],
): FormatSettings {
  const found = new Map<string, string>();
  for (const { id, settings = [] } of formats) {
    for (const setting of settings) {
      const { name } = setting;
      const key = formatSettingKey(id, name);
      const given = texts.get(key);
      if (given === undefined) continue;
      try {
        found.set(`${id}.${name}`, setting.read(given.text));
      } catch (error) {
        mistakes.push(`${key} in ${given.origin} ${(error as Error).message} (it is "${given.text}").`);
      }
    }
  }
  return found;
}
