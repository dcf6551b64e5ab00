/** Strange requests to a virtual registry of every format: never a 500, and nothing outside of the upstream's own folder is asked for. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { climbing, strangeRequest } from '../contracts/hostile-requests.ts';
import { RawConnection, requestBytes } from './raw-http.ts';
import { type Offer, offeredFormats } from './virtual-offers.ts';
import { virtualScene } from './virtual-scene.ts';

const runs = Number(process.env['PACKYARD_FUZZ_RUNS'] ?? '60');

describe.each(offeredFormats)('$format', ({ format, at = '', offer }) => {
  const scene = virtualScene({ format, at: `/base${at}` });
  let offered: Offer;
  let mount: string;
  beforeEach(async () => {
    offered = await offer(scene, 'thing');
    mount = new URL(scene.registry.url).pathname;
  });
  afterEach(() => {
    // Discovery is the host's own.
    const outside = [...scene.upstream.hits.keys()].filter(
      (path) => !path.startsWith('/base') && !path.startsWith('/.well-known/'),
    );
    expect(outside).toEqual([]);
    expect([...scene.upstream.hits.keys()].filter((path) => decodeURIComponent(path).includes('/../'))).toEqual([]);
  });

  async function statusOf(request: Parameters<typeof requestBytes>[0]): Promise<number> {
    const connection = await RawConnection.open(scene.server.url);
    try {
      await connection.send(requestBytes(request));
      return (await connection.answer(request.method)).status;
    } finally {
      connection.abort();
    }
  }
  const headers = (): Record<string, string> => ({ host: 'x', 'private-token': scene.server.rootToken });

  test('climbing paths', async () => {
    const known = [offered.document?.path ?? '', 'thing/1.0/tool.bin'];
    for (const text of climbing) {
      for (const path of [text, ...known.flatMap((each) => [`${each}/${text}`, `${text}/${each}`])]) {
        const status = await statusOf({ method: 'GET', target: `${mount}/${path}`, headers: headers() });
        expect(status, path.slice(0, 200)).not.toBe(500);
      }
    }
  });

  test('strange requests', { timeout: 120_000 }, async () => {
    const known = [`/${offered.document?.path ?? ''}`, '/thing', '/thing/1.0/tool.bin', '/-/v1/search', '/query'];
    const property = fc.asyncProperty(strangeRequest(mount, known), async (request) => {
      const status = await statusOf({ ...request, headers: { ...request.headers, ...headers() } });
      expect([500, 503]).not.toContain(status);
    });
    await fc.assert(property, { numRuns: runs });
  });
});
