import { expect, test } from 'vitest';
import { bufferSource, openZip } from '../../lib/zip-reader.ts';
import { zip } from '../../../test/harness/zip.ts';
import { checkRecord } from './wheel-record.ts';

const folder = 'foo-1.0.dist-info';

async function check(record: string, names: readonly string[]): Promise<void> {
  const { entries } = await openZip(bufferSource(zip(names.map((name) => ({ name, body: 'x' })))));
  checkRecord(record, entries, folder);
}

const info = [`${folder}/METADATA`, `${folder}/RECORD`];

test.each([
  ['plain', 'foo.py,sha256=x,1\n', ['foo.py']],
  ['line ends of Windows', 'foo.py,sha256=x,1\r\n', ['foo.py']],
  ['quoted', '"a, ""b"".py",sha256=x,1\n', ['a, "b".py']],
  ['folders', 'foo/a.py,,\n', ['foo/', 'foo/a.py']],
  ['signatures that nobody lists', '', [`${folder}/RECORD.jws`]],
])('%s', async (_what, record, names) => {
  const content = names.map((name) => ({ name, ...(name.endsWith('/') ? {} : { body: 'x' }) }));
  const { entries } = await openZip(bufferSource(zip([...content, ...info.map((name) => ({ name, body: 'x' }))])));
  checkRecord(`${record}${folder}/METADATA,,\n${folder}/RECORD,,\n`, entries, folder);
});

test('a file that RECORD does not list', async () => {
  await expect(check(`${folder}/METADATA,,\n`, [...info, 'hidden.py'])).rejects.toThrow('does not list "hidden.py"');
});

test('a file that RECORD alone knows', async () => {
  await expect(check(`${folder}/METADATA,,\nghost.py,,\n`, info)).rejects.toThrow('lists "ghost.py", which is not');
});
