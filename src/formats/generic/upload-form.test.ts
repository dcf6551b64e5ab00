import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readForm } from './upload-form.ts';

const type = 'multipart/form-data; boundary=b';

function part(disposition: string, content: string): string {
  return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}

const filePart = part('name="file"; filename="../../etc/passwd"', 'the bytes');
const end = '--b--\r\n';

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

const read = (form: string, of = type) => readForm(Readable.from([form]), of, textOf);

test('the file, whatever its name, and the text fields on both sides of it', async () => {
  const form = part('name="status"', 'hidden') + filePart + part('name="select"', 'package_file') + end;
  const { file, fields } = await read(form);
  expect(file).toBe('the bytes');
  expect([...fields]).toEqual([
    ['status', 'hidden'],
    ['select', 'package_file'],
  ]);
});

test.each(['"', `"\\"; filename*=UTF-8''..%2Fx`, `'%0d%0a`, '', '\u202e'])(
  'a file name like %j is not looked at',
  async (name) => {
    const { file } = await read(part(`name="file"; filename="${name}"`, 'x') + end);
    expect(file).toBe('x');
  },
);

test.each([
  ['no boundary', filePart + end, 'multipart/form-data'],
  ['another boundary', filePart + end, 'multipart/form-data; boundary=c'],
  ['nothing', '', type],
  ['no part', end, type],
  ['no file', part('name="status"', 'hidden') + end, type],
  ['another field', part('name="upload"; filename="x"', 'x') + end, type],
  ['the file as text', part('name="file"', 'x') + end, type],
  ['two files', filePart + filePart + end, type],
  ['a second file in another field', filePart + part('name="more"; filename="x"', 'x') + end, type],
  ['an end in a header', '--b\r\nContent-Disposition: form-da', type],
  ['an end in the file', filePart.slice(0, -6), type],
  ['an end before the end', filePart, type],
  ['headers without end', `--b\r\n${'X: y\r\n'.repeat(5_000)}`, type],
  ['one long header', `--b\r\nX: ${'y'.repeat(200_000)}`, type],
])('a form with %s is refused', async (_what, form, of) => {
  await expect(read(form, of)).rejects.toMatchObject({ code: 'invalid-request' });
});

test('one byte at a time', async () => {
  const form = Readable.from(Array.from(filePart + end, (character) => Buffer.from(character)));
  expect((await readForm(form, type, textOf)).file).toBe('the bytes');
});

test('a reader that refuses is heard at once, and its sender is left standing', async () => {
  const body = new PassThrough();
  body.write(filePart.slice(0, -10));
  const refusal = new Error('too large');
  await expect(readForm(body, type, () => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(body.destroyed).toBe(false);
});

test('a reader has given up before the form is refused', async () => {
  const body = new PassThrough();
  body.write(filePart.slice(0, -10));
  let ended: unknown = null;
  const reading = readForm(body, type, async (file) => {
    setImmediate(() => body.destroy(new Error('reset')));
    try {
      await textOf(file);
    } catch (error) {
      ended = error;
      throw error;
    }
  });
  await expect(reading).rejects.toMatchObject({ code: 'incomplete-body' });
  expect(ended).not.toBeNull();
});

test('a body that is gone before the form is read', async () => {
  const body = new PassThrough();
  body.destroy();
  await expect(readForm(body, type, textOf)).rejects.toMatchObject({ code: 'incomplete-body' });
});
