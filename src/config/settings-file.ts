/** The YAML file that may hold settings: `PACKYARD_PORT: 8080`, `port: 8080`, lists for settings that are lists. */

/** Names in the form of the environment, with their text; `wrong` holds sentences about entries that are no settings. */
export interface SettingsFile {
  readonly texts: ReadonlyMap<string, string>;
  readonly wrong: readonly string[];
}

/** Throws when the text is no YAML mapping. The library is loaded only when there is a file. */
export async function parseSettingsFile(source: string): Promise<SettingsFile> {
  const { parse } = await import('yaml');
  // The failsafe schema leaves every scalar as the text that was written: 0123 is no octal number here.
  const content: unknown = parse(source, { schema: 'failsafe', maxAliasCount: 0 });
  const texts = new Map<string, string>();
  const wrong: string[] = [];
  if (content === null || content === '') return { texts, wrong };
  if (typeof content !== 'object' || Array.isArray(content)) throw new Error('it must hold `name: value` lines');
  for (const [name, value] of Object.entries(content)) {
    const key = environmentName(name);
    const text = asText(value);
    if (text === null) wrong.push(`${name} must be a single value or a list of them`);
    else if (texts.has(key)) wrong.push(`${name} is given twice`);
    else texts.set(key, text);
  }
  return { texts, wrong };
}

function environmentName(name: string): string {
  const upper = name.toUpperCase().replaceAll('-', '_');
  return upper.startsWith('PACKYARD_') ? upper : `PACKYARD_${upper}`;
}

function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value.join(',');
  return null;
}
