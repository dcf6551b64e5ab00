import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { BlobStore, StageOptions } from '../blobs/blob-store.ts';
import type { Database } from '../database/database.ts';
import { Arrival } from './arrival.ts';
import { beginFill, type FillOrder } from './fill.ts';
import { absent, found } from './outcome.ts';
import type { SiteClient } from './site-client.ts';

const size = 3 * 2 ** 20;

test('a store that is full while clients read along ends their transfers', async () => {
  const stage = async (_body: Readable, { onProgress }: StageOptions): Promise<never> => {
    onProgress?.({ readable: size / 2, read: async (_start, into) => into.length });
    await new Promise(setImmediate);
    throw Object.assign(new Error('no space'), { code: 'storage-full' });
  };
  const answer = {
    status: 200,
    headers: { 'content-length': String(size) },
    url: '',
    body: Readable.from([]),
    isFramed: true,
  };
  const client = { get: async () => found(answer), blame: () => undefined } as unknown as SiteClient;
  const services = {
    database: {} as Database,
    blobs: { stage } as unknown as BlobStore,
    client,
    now: () => 0,
    signal: new AbortController().signal,
    onMismatch: () => undefined,
  };
  const name = { key: 'a', display: 'a', namespace: null };
  const order: FillOrder = {
    site: { id: 1, name: 'u', baseUrl: 'http://u.example', credentials: null, trustedOrigins: [] },
    fileKey: 'k',
    fileName: 'f',
    file: { path: 'f', name, version: null, publishedAt: null, digests: {} },
    maxSize: size,
    known: null,
    laterDigests: async () => absent,
  };
  const { begun, ended } = beginFill(services, order);
  const outcome = await begun;
  const arrival = outcome.outcome === 'found' ? outcome.value : null;
  expect(arrival).toBeInstanceOf(Arrival);
  const pieces = (arrival as Arrival).open();
  const readAll = async (): Promise<void> => {
    while ((await pieces.next()) !== null);
  };
  await expect(readAll()).rejects.toThrow('no space');
  await ended;
});
