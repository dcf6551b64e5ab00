import { describe, expect, test } from 'vitest';
import { formatSettingKey } from '../../src/config/format-settings.ts';
import { settings } from '../../src/config/settings.ts';
import { formats } from '../../src/formats/index.ts';
import { textOf } from './source.ts';

const page = textOf('docs/configuration.md');

interface Described {
  readonly key: string;
  readonly default: string | null;
  readonly defaultNote?: string;
  readonly meaning: string;
}

const all: readonly Described[] = [
  ...settings,
  ...formats.flatMap(({ id, settings: own = [] }) =>
    own.map((setting) => ({ ...setting, key: formatSettingKey(id, setting.name) })),
  ),
];

/** Rows of all tables: setting → default and meaning, as written. */
const documented = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| `PACKYARD_'))
    .map((line) => {
      const [name = '', standard = '', meaning = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return [name.replaceAll('`', ''), { standard, meaning }] as const;
    }),
);

describe('docs/configuration.md', () => {
  test.each(all)('$key', ({ key, meaning, ...setting }) => {
    const standard =
      setting.default === null
        ? (setting.defaultNote ?? 'none')
        : setting.default === ''
          ? 'none'
          : `\`${setting.default}\``;
    expect(documented.get(key)).toEqual({ standard, meaning });
  });

  test('lists nothing else', () => {
    expect([...documented.keys()].sort()).toEqual(all.map(({ key }) => key).sort());
  });
});
