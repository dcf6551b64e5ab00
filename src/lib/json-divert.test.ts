import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DivertOptions, divertJson, InvalidBase64, InvalidJson, JsonTooLarge } from './json-divert.ts';

const options: DivertOptions<Buffer> = {
  depth: 3,
  diverts: (path) => path[0] === '_attachments' && path[2] === 'data' && path[1]?.endsWith('.sigstore') === false,
  unique: (path) => path.length <= 2,
  limit: 1024 * 1024,
  consume: async (_path, bytes) => Buffer.concat(await bytes.toArray()),
};

/** Cuts bytes into pieces of the given sizes, over and over. */
function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

function divert(
  text: string | Buffer,
  sizes: readonly number[] = [65_536],
  change: Partial<DivertOptions<Buffer>> = {},
) {
  return divertJson(Readable.from(pieces(Buffer.from(text), sizes)), { ...options, ...change });
}

const publish = (data: string) => `{"_attachments":{"a-1.0.0.tgz":{"data":"${data}","length":3}},"name":"a"}`;

describe('divertJson', () => {
  test('cuts the file out of a publish, wherever it stands', async () => {
    const before = await divert(publish('AQID'));
    expect(before.json).toEqual({ _attachments: { 'a-1.0.0.tgz': { data: '', length: 3 } }, name: 'a' });
    expect(before.values).toEqual([{ path: ['_attachments', 'a-1.0.0.tgz', 'data'], value: Buffer.from([1, 2, 3]) }]);
    const after = await divert(
      ' { "name" : "a" ,\n"_attachments" : { "x.tgz" : { "length" : 1 , "data" : "AQ==" } } } ',
    );
    expect(after.values[0]?.value).toEqual(Buffer.from([1]));
    expect(after.json).toEqual({ name: 'a', _attachments: { 'x.tgz': { length: 1, data: '' } } });
  });

  test('diverts nothing elsewhere: other paths, arrays, keys that look alike, values that are no strings', async () => {
    for (const text of [
      '{"data":"AQID"}',
      '{"a":{"_attachments":{"x":{"data":"!"}}}}',
      '{"_attachments":[{"x":{"data":"!"}}]}',
      '{"_attachments":{"x":[{"data":"!"},"data","!"]}}',
      '{"_attachments":{"x":{"data":{"data":"!"}}}}',
      '{"_attachments":{"x":{"data":null}}}',
      '{"_attachments":{"x.sigstore":{"data":"{\\"a\\":1}"}}}',
      '{"_attachments":{"x":{"y":"data","z":"!"}}}',
    ]) {
      const { json, values } = await divert(text, [1]);
      expect(json).toEqual(JSON.parse(text));
      expect(values).toEqual([]);
    }
  });

  test('sees through escapes in keys and values', async () => {
    const text = publish('+\\/\\u002b\\u002F').replace('_attachments', '\\u005fattachments');
    for (const size of [1, 2, 3, 5, 1000]) {
      expect((await divert(text, [size])).values[0]?.value).toEqual(Buffer.from('+/+/', 'base64'));
    }
  });

  test('leaves out padding as well as not', async () => {
    for (const data of ['AQ', 'AQ==', 'AQI', 'AQI=', '']) {
      expect((await divert(publish(data), [1])).values[0]?.value).toEqual(Buffer.from(data, 'base64'));
    }
  });

  test.each([
    ['A', 'one character left over'],
    ['AQID=', 'padding of nothing'],
    ['AQ=', 'padding cut off'],
    ['AQ===', 'padding too long'],
    ['A===', 'padding of one character'],
    ['AQ==AQID', 'text after padding'],
    ['AQ=D', 'padding in the middle'],
    ['A-_D', 'the alphabet of URLs'],
    ['AQ ID', 'a blank'],
    ['AQ\\nID', 'an escaped line break'],
    ['AQ\nID', 'a raw line break'],
    ['AQ\\"ID', 'a quote'],
    ['AQIDé', 'a letter outside ASCII'],
    ['AQID\\u00e9', 'an escaped letter outside ASCII'],
    ['!!!!', 'punctuation'],
  ])('refuses %j: %s', async (data) => {
    for (const size of [1, 3, 65_536]) await expect(divert(publish(data), [size])).rejects.toThrow(InvalidBase64);
  });

  test.each([
    '',
    ' ',
    '{',
    '}',
    '{"a":1}}',
    '{"a":1} x',
    '{"a":1}{"b":2}',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":"x',
    '{"a":"\\x"}',
    '{"a":"\t"}',
    "{'a':1}",
    '{"a":01}',
    '[1 2]',
    '{"a":1]',
    '\ufeff{"a":1}',
    publish('AQ\\qID'),
    publish('AQ\\u00zzID'),
    publish('AQ\\u00'),
    publish('AQID').slice(0, 45),
    publish('AQID').slice(0, -1),
    publish('AQID" "AQID'),
    '{"a":1,"a":2}',
    '{"_attachments":{"x":{"data":"AQID","data":"AQID"}}}',
    '{"_attachments":{"x":{"data":"AQID"}},"\\u005fattachments":{}}',
    `${'['.repeat(101)}${']'.repeat(101)}`,
  ])('refuses what is no JSON: %j', async (text) => {
    for (const size of [1, 65_536]) {
      const reading = divert(text, [size], { unique: (path) => path.length === 1 });
      await expect(reading).rejects.toThrow(InvalidJson);
    }
  });

  test('refuses what is no UTF-8', async () => {
    await expect(divert(Buffer.from('7b2261223a22ff227d', 'hex'))).rejects.toThrow(InvalidJson);
    await expect(divert(Buffer.from('{"a":"é"}', 'utf16le'))).rejects.toThrow(InvalidJson);
  });

  test('takes nesting of a hundred, and keys that would poison objects', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    expect((await divert(deep)).json).toEqual(JSON.parse(deep));
    const { json } = await divert('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.keys(json as object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('counts only what it keeps against the limit', async () => {
    const large = 'A'.repeat(40_000);
    expect((await divert(publish(large), [1000], { limit: 100 })).values[0]?.value).toHaveLength(30_000);
    await expect(divert(`{"a":"${large}"}`, [1000], { limit: 100 })).rejects.toThrow(JsonTooLarge);
  });

  test('rejects with what the consumer rejects with, before the body ends, and leaves the body open', async () => {
    let read = 0;
    const body = Readable.from(
      (function* () {
        yield Buffer.from('{"_attachments":{"x":{"data":"');
        for (; read < 1000; read++) yield Buffer.alloc(65_536, 'A');
      })(),
    );
    const consume = async (_path: readonly string[], bytes: Readable) => {
      for await (const _ of bytes) throw new Error('too large');
      return Buffer.alloc(0);
    };
    await expect(divertJson(body, { ...options, consume })).rejects.toThrow('too large');
    expect(read).toBeLessThan(100);
    expect(body.destroyed).toBe(false);
  });

  test('waits for a slow consumer', async () => {
    let sent = 0;
    let taken = 0;
    let most = 0;
    const body = Readable.from(
      (function* () {
        yield Buffer.from('{"_attachments":{"x":{"data":"');
        for (; sent < 200; sent++) yield Buffer.alloc(65_536, 'A');
        yield Buffer.from('"}}}');
      })(),
    );
    const consume = async (_path: readonly string[], bytes: Readable) => {
      for await (const chunk of bytes) {
        await new Promise(setImmediate);
        taken += (chunk as Buffer).length;
        most = Math.max(most, sent * 49_152 - taken);
      }
      return Buffer.alloc(0);
    };
    await divertJson(body, { ...options, consume });
    expect(taken).toBe(200 * 49_152);
    expect(most).toBeLessThan(3 * 1024 * 1024);
  });

  test('passes on the error of a body that breaks off, and breaks the consumer off', async () => {
    const body = new Readable({ read() {} });
    body.push(Buffer.from('{"_attachments":{"x":{"data":"AQID'));
    let seen: unknown;
    const consume = async (_path: readonly string[], bytes: Readable) => {
      try {
        return Buffer.concat(await bytes.toArray());
      } catch (error) {
        seen = error;
        throw error;
      }
    };
    const reading = divertJson(body, { ...options, consume });
    setImmediate(() => body.destroy(new Error('aborted')));
    await expect(reading).rejects.toThrow('aborted');
    await new Promise(setImmediate);
    expect(seen).toMatchObject({ message: 'aborted' });
  });

  test('any document in any pieces: what JSON.parse gives, with the files cut out', async () => {
    const file = fc.record({ data: fc.uint8Array({ maxLength: 300 }), note: fc.string({ unit: 'binary' }) });
    const document = fc.record({
      files: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), file, { maxKeys: 3 }),
      rest: fc.json({ maxDepth: 4, stringUnit: 'grapheme' }),
      indent: fc.constantFrom(undefined, 1, '\t'),
      first: fc.boolean(),
      slashes: fc.boolean(),
      sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(document, async ({ files, rest, indent, first, slashes, sizes }) => {
        const attachments = Object.fromEntries(
          Object.entries(files).map(([key, { data, note }]) => [
            `${key}.tgz`,
            { note, data: Buffer.from(data).toString('base64'), length: data.length },
          ]),
        );
        const parts = [
          ['rest', JSON.parse(rest)],
          ['_attachments', attachments],
        ] as [string, unknown][];
        let text = JSON.stringify(Object.fromEntries(first ? parts.reverse() : parts), undefined, indent);
        if (slashes) text = text.replaceAll('/', '\\/');
        const { json, values } = await divert(text, sizes);
        const expected = JSON.parse(text) as { _attachments: Record<string, { data: string }> };
        const cut = Object.entries(expected._attachments).map(([key, attachment]) => {
          const value = Buffer.from(attachment.data, 'base64');
          attachment.data = '';
          return { path: ['_attachments', key, 'data'], value };
        });
        expect(json).toEqual(expected);
        expect(values).toEqual(cut);
      }),
      { numRuns: 300 },
    );
  });

  test('any text at all: refused exactly when JSON.parse refuses it', async () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"_attachments"',
      '"data"',
      '"AQID"',
      '1',
      'null',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 14 }), async (tokens) => {
        const text = tokens.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expected = InvalidJson;
        }
        const reading = divert(text, [1], { unique: () => false });
        if (expected === InvalidJson) await expect(reading).rejects.toThrow(InvalidJson);
        else await expect(reading).resolves.toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });
});
