import { expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import { npmWire } from './npm-wire.ts';

/** Asks a fresh server, known under always the same URL, for a package; `kept` is the validator of an earlier answer. */
async function published(version: string, kept = '"none"'): Promise<{ status: number; etag: string }> {
  const server = await startServer({ settings: { PACKYARD_TRUSTED_PROXIES: '127.0.0.1' } });
  try {
    const wire = npmWire(`${server.url}/api/v4/projects/1/packages/npm/`, server.rootToken);
    expect((await wire.put(await npmPackage({ name: 'again', version }))).status).toBe(201);
    const headers = { 'x-forwarded-host': 'packages.example', 'if-none-match': kept };
    const answer = await wire.send('GET', 'again', undefined, headers);
    return { status: answer.status, etag: answer.headers.get('etag') ?? '' };
  } finally {
    await server.stop();
  }
}

test('what a client kept of another database is not taken for this one, though names and numbers are the same', async () => {
  const { etag } = await published('1.0.0');
  expect(etag).not.toBe('');
  expect(await published('2.0.0', etag)).toMatchObject({ status: 200 });
});
