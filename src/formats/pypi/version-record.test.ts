import { expect, test } from 'vitest';
import { readCoreMetadata } from './core-metadata.ts';
import { parseVersion } from './version-order.ts';
import { describeVersion } from './version-record.ts';

function described(...headers: string[]) {
  const version = parseVersion('1.0');
  if (version === null) throw new Error('no version');
  const core = readCoreMetadata(['Metadata-Version: 2.1', 'Name: x', 'Version: 1.0', ...headers].join('\n'));
  return describeVersion(core, version);
}

test('keywords by commas, or by spaces', () => {
  expect(described('Keywords: a b, c,,').keywords).toEqual(['a b', 'c']);
  expect(described('Keywords: a  b').keywords).toEqual(['a', 'b']);
});

test('what is too long is cut, never in the middle of a character: databases take no half of one', () => {
  const { keywords, description } = described(`Keywords: a${'😀'.repeat(300)}`, `Summary: a${'😀'.repeat(300)}`);
  expect(keywords).toEqual([`a${'😀'.repeat(127)}`]);
  expect(description).toBe(`a${'😀'.repeat(255)}`);
});
