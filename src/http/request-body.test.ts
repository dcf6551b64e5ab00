import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseJson, textOf } from './request-body.ts';

function requestOf(body: string | Buffer, headers: IncomingHttpHeaders = {}): PassThrough & IncomingMessage {
  const stream = new PassThrough();
  stream.end(body);
  return Object.assign(stream, { headers, complete: true }) as unknown as PassThrough & IncomingMessage;
}

const gzip: IncomingHttpHeaders = { 'content-encoding': 'gzip' };

describe('text', () => {
  test('as it is, and unpacked', async () => {
    expect(await textOf(requestOf('größe'), 100)).toBe('größe');
    expect(await textOf(requestOf(gzipSync('größe'), gzip), 100)).toBe('größe');
    expect(await textOf(requestOf('', { 'content-encoding': 'identity' }), 0)).toBe('');
  });

  test('beyond its limit is refused; what counts is the unpacked size', async () => {
    const refusal = { code: 'body-too-large' };
    await expect(textOf(requestOf('12345'), 4)).rejects.toMatchObject(refusal);
    const request = Object.assign(new PassThrough(), { headers: gzip }) as unknown as PassThrough & IncomingMessage;
    request.write(gzipSync(Buffer.alloc(50 * 2 ** 20)));
    await expect(textOf(request, 2 ** 20)).rejects.toMatchObject(refusal);
    // Its owner may read on, to answer on the same connection; nobody unpacks that any more.
    await new Promise((resolve) => setImmediate(resolve));
    expect(request.destroyed).toBe(false);
    expect(request.listenerCount('data')).toBe(0);
  });

  test.each([
    ['no gzip', Buffer.from('plain'), gzip, 'invalid-request'],
    ['half of it', gzipSync('x'.repeat(5_000)).subarray(0, 30), gzip, 'invalid-request'],
    ['another coding', Buffer.from('x'), { 'content-encoding': 'br' }, 'unsupported-media-type'],
    ['two codings', Buffer.from('x'), { 'content-encoding': 'gzip, gzip' }, 'unsupported-media-type'],
  ])('with %s is refused', async (_what, body, headers, code) => {
    await expect(textOf(requestOf(body, headers), 10_000)).rejects.toMatchObject({ code });
  });
});

describe('JSON', () => {
  test.each(['{}', '[]', '"x"', '1e400', ' null ', '{"a":"[[[{{{\\"["}', `${'['.repeat(100)}${']'.repeat(100)}`])(
    '%.30s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );

  test.each([
    '',
    '{',
    "{'a':1}",
    '{"a":1}x',
    '\ufeff{}',
    'NaN',
    `${'['.repeat(101)}${']'.repeat(101)}`,
    '['.repeat(200_000),
    '{"a":'.repeat(200_000),
  ])('%.30s is none', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'invalid-json' }));
  });

  test('a key called __proto__ is a key', () => {
    const parsed = parseJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(Object.keys(parsed as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
