import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainFolder } from './explain-folder.ts';

test('a folder that can not be made is named, with the setting to change', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-folder-'));
  await writeFile(join(folder, 'file'), '');
  const error: unknown = await mkdir(join(folder, 'file/data')).catch((caught: unknown) => caught);
  expect(explainFolder(error)).toMatchObject({
    message: `${join(folder, 'file/data')} is no folder, or something above it is none. Set PACKYARD_DATA to a folder that this user may write.`,
    exitCode: 1,
  });
  await rm(folder, { recursive: true });
});

test.each(['EACCES', 'EPERM', 'EROFS', 'ENOSPC'])('%s is explained', (code) => {
  const error = Object.assign(new Error(`${code}: …`), { code, path: '/srv/data' });
  expect(explainFolder(error)).toMatchObject({ message: expect.stringMatching(/^\/srv\/data .*PACKYARD_DATA/) });
});

test.each([
  new Error('x'),
  Object.assign(new Error('listen'), { code: 'EACCES' }),
  Object.assign(new Error('x'), { code: 'ENOENT', path: '/x' }),
  'text',
])('%s stays as it is', (error) => {
  expect(explainFolder(error)).toBe(error);
});
