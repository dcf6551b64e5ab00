/** A process whose key can't open the credentials of an upstream: it says so, and asks nobody in our place anonymously. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engine, freshDatabase } from '../harness/engine.ts';
import { fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { startServer } from '../harness/server.ts';
import { createRegistry } from '../harness/virtual.ts';
import { npmWire } from './npm-wire.ts';

test.each([{ username: 'ann', password: 'secret' }, { token: 'secret' }])('with %j', async (credentials) => {
  const data = await mkdtemp(join(tmpdir(), 'packyard-key-'));
  const database = engine === 'postgres' ? await freshDatabase() : null;
  const upstream = await fakeUpstream();
  await offerNpm(upstream, 'thing', [{}]);
  await offerNpm(upstream, 'other', [{}]);
  let now = Date.now();
  const start = (key: string) =>
    startServer({
      data,
      now: () => now,
      settings: {
        PACKYARD_UPSTREAM_ALLOW: '127.0.0.1',
        PACKYARD_SECRET_KEY: key.repeat(32),
        ...(database === null ? {} : { PACKYARD_DATABASE_URL: database.url }),
      },
    });
  const first = await start('a');
  const group = await first.createGroup('acme');
  const { id, upstreams } = await createRegistry(first, group, 'npm', [{ url: upstream.url, ...credentials }]);
  const mount = `/api/v4/virtual_registries/packages/npm/${id}/`;
  expect((await npmWire(`${first.url}${mount}`, first.rootToken).send('GET', 'thing')).status).toBe(200);
  await first.stop();

  const second = await start('b');
  now += 2 * 3_600_000;
  upstream.hits.clear();
  const wire = npmWire(`${second.url}${mount}`, second.rootToken);
  const cold = await wire.send('GET', 'other');
  expect([cold.status, cold.bytes.toString()]).toEqual([502, expect.stringContaining('PACKYARD_SECRET_KEY')]);
  const warm = await wire.send('GET', 'thing');
  expect([warm.status, warm.headers.get('warning')]).toEqual([200, expect.stringContaining('111')]);
  const tested = `/virtual_registries/packages/npm/upstreams/${upstreams[0]?.id}/test`;
  expect(await second.api('GET', tested)).toMatchObject({
    success: false,
    result: expect.stringContaining('PACKYARD_SECRET_KEY') as string,
  });
  expect(upstream.hits.size).toBe(0);
  // Given anew, they are sealed with the key that is here now.
  await second.api('PATCH', `/virtual_registries/packages/npm/upstreams/${upstreams[0]?.id}`, credentials);
  expect((await wire.send('GET', 'other')).status).toBe(200);
  await second.stop();
  await database?.drop();
  await upstream.close();
  await rm(data, { recursive: true, force: true });
});
