/** Upstreams that end answers by ending the connection, as HTTP/1.0 did: what broke off must not pass for the whole. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { FakeAnswer } from '../harness/fake-upstream.ts';
import { virtualScene } from './virtual-scene.ts';

/** Neither `Content-Length` nor chunks. */
const unframed =
  (body: string | Buffer): FakeAnswer =>
  (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n');
    request.socket.end(body);
  };

describe('Maven', () => {
  const scene = virtualScene({ format: 'maven' });
  const path = (): string => `com/other/lib${scene.count}/1.0/lib${scene.count}-1.0.pom`;
  const pom = '<project><version>1.0</version></project>';

  test('a file without digest is refused, and not kept', async () => {
    scene.upstream.on(`/${path()}`, unframed(pom.slice(0, 20)));
    const { status, text } = await scene.get(path());
    expect([status, text]).toEqual([502, expect.stringContaining('neither how long')]);
    expect(await scene.entries()).toEqual([]);
    scene.upstream.on(`/${path()}`, pom);
    expect((await scene.get(path())).text).toBe(pom);
  });

  test('a file with a digest is right or refused', async () => {
    scene.upstream.on(`/${path()}.sha1`, createHash('sha1').update(pom).digest('hex'));
    scene.upstream.on(`/${path()}`, unframed(pom.slice(0, 20)));
    expect((await scene.get(path())).status).toBe(502);
    scene.upstream.on(`/${path()}`, unframed(pom));
    expect((await scene.get(path())).text).toBe(pom);
  });
});

describe('plain files', () => {
  const scene = virtualScene({ format: 'generic' });

  test.each([20, 3 * 2 ** 20])('%i bytes of a larger file are no file', async (size) => {
    const path = `tool/1.${scene.count}/tool.bin`;
    scene.upstream.on(`/${path}`, unframed(Buffer.alloc(size, 'x')));
    const { status, bytes } = await scene.get(path);
    // A large one is a broken transfer.
    expect(status === 502 || bytes === null).toBe(true);
    expect(await scene.entries()).toEqual([]);
  });
});

describe('a page of Python files', () => {
  const scene = virtualScene({ format: 'pypi', at: '/simple' });
  const page = (end: string): string =>
    `<!DOCTYPE html><html><title>Links for thing</title><body><a href="/f/thing-1.0.tar.gz#sha256=${'a'.repeat(64)}">thing-1.0.tar.gz</a>${end}`;

  test('that may lack files is refused', async () => {
    scene.upstream.on('/simple/thing/', unframed(page('')));
    expect((await scene.get('simple/thing/')).status).toBe(502);
    scene.upstream.on('/simple/thing/', unframed(page('</body></html>')));
    expect(await scene.get('simple/thing/')).toMatchObject({ status: 200 });
  });
});
