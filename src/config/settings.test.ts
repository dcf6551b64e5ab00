import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settings } from './settings.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

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
  test.each(settings)('$key', ({ key, meaning, ...setting }) => {
    const standard =
      setting.default === null ? setting.defaultNote : setting.default === '' ? 'none' : `\`${setting.default}\``;
    expect(documented.get(key)).toEqual({ standard, meaning });
  });

  test('lists nothing else', () => {
    expect([...documented.keys()].sort()).toEqual(settings.map(({ key }) => key).sort());
  });
});
