import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type FormFile, isMultipart, readMultipart } from './multipart.ts';

const type = 'multipart/form-data; boundary=b';
const limits = { files: 2, fields: 4, fieldSize: 10, textSize: 25 };
const end = '--b--\r\n';

function part(disposition: string, content: string, headers = ''): string {
  return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n${content}\r\n`;
}

async function textOf({ bytes }: FormFile): Promise<string> {
  let text = '';
  for await (const chunk of bytes) text += String(chunk);
  return text;
}

const read = (form: string) => readMultipart(Readable.from([form]), type, limits, textOf);

test('several files by field name, in whatever order, and fields that repeat', async () => {
  const form =
    part('name="gpg_signature"; filename="a.whl.asc"', 'signature') +
    part('name="classifiers"', 'one') +
    part('name="content"; filename="a.whl"', 'the wheel', 'Content-Type: application/octet-stream\r\n') +
    part('name="classifiers"', 'two');
  const { fields, files } = await read(form + end);
  expect(files).toEqual([
    { field: 'gpg_signature', fileName: 'a.whl.asc', result: 'signature' },
    { field: 'content', fileName: 'a.whl', result: 'the wheel' },
  ]);
  expect([...fields]).toEqual([['classifiers', ['one', 'two']]]);
});

test('names are given as they were sent', async () => {
  const { files } = await read(part('name="content"; filename="../../etc/passwd"', 'x') + end);
  expect(files[0]?.fileName).toBe('../../etc/passwd');
});

test('a part that nobody wants is passed over', async () => {
  const form = part('name="other"; filename="x"', 'x') + part('name="content"; filename="y"', 'y') + end;
  const { files } = await readMultipart(Readable.from([form]), type, limits, (file) =>
    file.field === 'content' ? textOf(file) : null,
  );
  expect(files.map(({ field }) => field)).toEqual(['content']);
});

test.each([
  ['a field too long', part('name="a"', 'x'.repeat(11))],
  ['too much text', part('name="a"', 'x'.repeat(9)).repeat(3)],
  ['too many fields', part('name="a"', 'x').repeat(5)],
  ['too many files', part('name="a"; filename="x"', 'x').repeat(3)],
])('%s is refused, not cut', async (_what, form) => {
  await expect(read(form + end)).rejects.toMatchObject({ kind: 'too-large' });
});

test.each([
  ['an end in a header', '--b\r\nContent-Disposition: form-da'],
  ['an end in a file', part('name="a"; filename="x"', 'xxxx').slice(0, -4)],
  ['an end before the end', part('name="a"; filename="x"', 'xxxx')],
])('%s is told', async (_what, form) => {
  await expect(read(form)).rejects.toMatchObject({ kind: 'malformed' });
});

test('a body that breaks off', async () => {
  const body = new PassThrough();
  body.write(part('name="a"; filename="x"', 'xxxx').slice(0, -4));
  const reading = readMultipart(body, type, limits, textOf);
  setImmediate(() => body.destroy());
  await expect(reading).rejects.toMatchObject({ kind: 'broken-off' });
});

test('a reader that throws is heard, and the first reader has given up before', async () => {
  const form = part('name="a"; filename="x"', 'x') + part('name="b"; filename="y"', 'y') + end;
  let settled = false;
  const reading = readMultipart(Readable.from([form]), type, limits, (file) => {
    if (file.field === 'b') throw new Error('not wanted');
    return textOf(file).finally(() => {
      settled = true;
    });
  });
  await expect(reading).rejects.toThrow('not wanted');
  expect(settled).toBe(true);
});

test('a media type without a boundary', async () => {
  await expect(readMultipart(Readable.from([end]), 'multipart/form-data', limits, textOf)).rejects.toMatchObject({
    kind: 'malformed',
  });
});

test.each([
  ['multipart/form-data; boundary=x', true],
  ['Multipart/Form-Data;boundary=x', true],
  ['multipart/mixed; boundary=x', false],
  ['text/xml', false],
  [undefined, false],
])('%s', (contentType, expected) => {
  expect(isMultipart(contentType)).toBe(expected);
});
