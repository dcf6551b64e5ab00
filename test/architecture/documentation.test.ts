import { describe, expect, test } from 'vitest';
import { formatSettingKey } from '../../src/config/format-settings.ts';
import { settings } from '../../src/config/settings.ts';
import { formats } from '../../src/formats/index.ts';
import { problem, problemCodes } from '../../src/problems/problem.ts';
import { undocumentedProblems, undocumentedSettings } from './documentation.ts';
import { textOf } from './source.ts';

test('docs/errors.md lists every code a client can be told, and no other', () => {
  const codes = problemCodes.map((code) => ({ code, status: problem(code).status }));
  expect(undocumentedProblems(codes, textOf('docs/errors.md'))).toEqual([]);
});

test('docs/configuration.md lists every setting, and no other', () => {
  const own = formats.flatMap(({ id, settings: of = [] }) => of.map(({ name }) => formatSettingKey(id, name)));
  const keys = [...settings.map(({ key }) => key), ...own];
  expect(undocumentedSettings(keys, textOf('docs/configuration.md'))).toEqual([]);
});

describe('the check of errors finds', () => {
  const head = '| code | status | when | what to do |\n|---|---|---|---|\n';
  const codes = [{ code: 'gone', status: 404 }];
  test.each([
    ['a missing row', head, 'no row for gone'],
    ['another status', `${head}| \`gone\` | 410 | It went. | Nothing. |`, 'no row for gone with status 404'],
    ['an unknown code', `${head}| gone | 404 | a | b |\n| more | 404 | a | b |`, 'lists more'],
    ['an empty cell', `${head}| gone | 404 | a | |`, 'needs all four cells for gone'],
    ['a repetition', `${head}| gone | 404 | a | b |\n| gone | 404 | a | b |`, 'lists gone twice'],
  ])('%s', (_, page, says) => {
    expect(undocumentedProblems(codes, page).join('\n')).toContain(says);
  });

  test('nothing in a whole table', () => {
    expect(undocumentedProblems(codes, `${head}| \`gone\` | 404 | It \\| went. | Look. |`)).toEqual([]);
  });
});

describe('the check of settings finds', () => {
  const head = '| setting | default | meaning |\n|---|---|---|\n';
  test.each([
    ['a missing row', head, 'no row for PACKYARD_PORT'],
    ['a setting named only in prose', `Set \`PACKYARD_PORT\`.\n${head}`, 'no row for PACKYARD_PORT'],
    ['an unknown row', `${head}| PACKYARD_PORT | 1 | a |\n| \`PACKYARD_X\` | 1 | a |`, 'names PACKYARD_X'],
    ['an unknown name in prose', `Use PACKYARD_OLD.\n${head}| PACKYARD_PORT | 1 | a |`, 'names PACKYARD_OLD'],
    ['a repetition', `${head}| PACKYARD_PORT | 1 | a |\n| PACKYARD_PORT | 1 | a |`, 'lists PACKYARD_PORT twice'],
  ])('%s', (_, page, says) => {
    expect(undocumentedSettings(['PACKYARD_PORT'], page).join('\n')).toContain(says);
  });

  test('nothing where a format’s own setting is an example of the general one', () => {
    const page = `${head}| \`PACKYARD_<FORMAT>_SIZE\` | 1 | as \`PACKYARD_NPM_SIZE\` |`;
    expect(undocumentedSettings(['PACKYARD_<FORMAT>_SIZE'], page)).toEqual([]);
  });

  test('nothing in a whole table, two settings a row included', () => {
    const page = `${head}| \`PACKYARD_HOST\`, \`PACKYARD_PORT\` | 1 | a |`;
    expect(undocumentedSettings(['PACKYARD_HOST', 'PACKYARD_PORT'], page)).toEqual([]);
  });
});
