/** Gathers the text of every setting from the environment and the settings file. The environment wins. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ParseContext } from './setting.ts';
import { settingsFile } from './settings.ts';
import { parseSettingsFile } from './settings-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingText extends ParseContext {
  readonly text: string;
  /** Where it was written, as messages name it: `the environment`, or the path of the file. */
  readonly origin: string;
}

export interface Sources {
  readonly texts: ReadonlyMap<string, SettingText>;
  readonly mistakes: readonly string[];
}

export interface SourceOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly readFile?: (path: string) => Promise<string>;
}

export async function gather(options: SourceOptions): Promise<Sources> {
  const texts = new Map<string, SettingText>();
  const mistakes: string[] = [];
  const file = options.env[settingsFile.key] ?? '';
  if (file !== '') await gatherFile(resolve(options.cwd, file), options, texts, mistakes);
  for (const [key, text] of Object.entries(options.env)) {
    // Compose files and units often hold `NAME=` for "not set".
    if (key.startsWith('PACKYARD_') && text !== undefined && text.trim() !== '') {
      texts.set(key, { text: text.trim(), origin: 'the environment', folder: options.cwd });
    }
  }
  return { texts, mistakes };
}

async function gatherFile(
  path: string,
  options: SourceOptions,
  texts: Map<string, SettingText>,
  mistakes: string[],
): Promise<void> {
  try {
    const source = await (options.readFile ?? readText)(path);
    const parsed = await parseSettingsFile(source);
    mistakes.push(...parsed.wrong.map((sentence) => `${path}: ${sentence}.`));
    for (const [key, text] of parsed.texts) {
      if (key === settingsFile.key) mistakes.push(`${path}: ${key} belongs into the environment, not into the file.`);
      else if (text.trim() !== '') texts.set(key, { text: text.trim(), origin: path, folder: dirname(path) });
    }
  } catch (error) {
    // Only the first line: the YAML reader quotes the place below it, which may hold a secret.
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : '';
    mistakes.push(`${settingsFile.key}: ${path} cannot be used: ${reason}`);
  }
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}
