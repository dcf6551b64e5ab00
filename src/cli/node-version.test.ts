import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { warnAboutNode } from './node-version.ts';

function warned(version: string): string[] {
  const lines: string[] = [];
  warnAboutNode(version, { tell: (line) => lines.push(line) });
  return lines;
}

test('a Node.js without security fixes is named, once', () => {
  expect(warned('20.19.0')).toEqual([expect.stringContaining('Node.js 20 gets no more security fixes')]);
  expect(warned('22.12.0')).toEqual([]);
  expect(warned('24.0.0')).toEqual([]);
});

test('the version that ends it is the one of docs/deprecations.md', () => {
  const row = readFileSync(new URL('../../docs/deprecations.md', import.meta.url), 'utf8').match(
    /^\| Running on Node\.js 20.*$/m,
  );
  const removed = row?.[0].split('|').at(-2)?.trim() ?? 'no row';
  expect(warned('20.19.0').join()).toContain(`Packyard ${removed} will not run on 20`);
});
