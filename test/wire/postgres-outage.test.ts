/** What clients see while the PostgreSQL server of a running registry is away: 503 with Retry-After, and then all is as before. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engine } from '../harness/engine.ts';
import { type NpmPackage, npmPackage } from '../harness/packages.ts';
import { type Cluster, startCluster } from '../harness/postgres.ts';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';

describe.skipIf(engine !== 'postgres')('while PostgreSQL is away', () => {
  let cluster: Cluster;
  let server: TestServer;
  let npm: NpmWire;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.startServer();
    const url = await cluster.createDatabase();
    server = await startServer({ settings: { PACKYARD_DATABASE_URL: url } });
    npm = npmWire(`${server.url}/api/v4/projects/1/packages/npm/`, server.rootToken);
    await npm.put(await npmPackage({ name: 'there' }));
  });
  afterAll(async () => {
    await server.stop();
    await cluster.close();
  });

  const tellsToComeBack = ({ status, headers }: WireAnswer): void => {
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true]);
  };

  test('each kind of request is told to come back, and the next ones after it work', async () => {
    await cluster.stopServer('fast');
    try {
      tellsToComeBack(await npm.send('GET', 'there'));
      tellsToComeBack(await npm.send('GET', 'there/-/there-1.0.0.tgz'));
      tellsToComeBack(await npm.put(await npmPackage({ name: 'there', version: '2.0.0' })));
      // Not 401: a client would throw its token away.
      tellsToComeBack(await npmWire(npmOf(server), 'a-token-that-nobody-has').send('GET', '-/whoami'));
      const api = await fetch(`${server.url}/api/v4/projects/1`, { headers: { 'private-token': server.rootToken } });
      expect([api.status, Number(api.headers.get('retry-after')) > 0]).toEqual([503, true]);
      const readiness = await fetch(`${server.url}/-/readiness`);
      expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'failed', failing: ['database'] }]);
      expect((await fetch(`${server.url}/-/health`)).status).toBe(200);
    } finally {
      await cluster.startServer();
    }
    expect((await npm.send('GET', 'there')).status).toBe(200);
    expect((await npm.put(await npmPackage({ name: 'there', version: '2.0.0' }))).status).toBe(201);
    expect(await server.storedBlobs()).toHaveLength(2);
  });

  test('it crashes under load: what was acknowledged is there, and only requests meanwhile were refused', async () => {
    const acknowledged = new Map<string, NpmPackage>();
    const refusals: number[] = [];
    const stopping = new AbortController();
    const once = async (writer: number, n: number): Promise<void> => {
      const of = await npmPackage({
        name: `load-${writer}`,
        version: `1.0.${n}`,
        files: { 'n.txt': `${writer} ${n}` },
      });
      for (let sent = 1; !stopping.signal.aborted; sent++) {
        const answer = await npm.put(of);
        // Sent again after a commit whose answer was lost, it may be there.
        if (answer.status === 201 || (sent > 1 && answer.status === 403)) {
          acknowledged.set(`load-${writer}@1.0.${n}`, of);
          return;
        }
        tellsToComeBack(answer);
        refusals.push(performance.now());
        await delay(20);
      }
    };
    const writing = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; !stopping.signal.aborted; n++) await once(writer, n);
      }),
    );
    const until = async (count: number): Promise<void> => {
      while (acknowledged.size < count) await Promise.race([delay(10), writing]);
    };
    await until(10);
    await cluster.restart('immediate');
    const back = performance.now();
    await until(acknowledged.size + 20);
    stopping.abort();
    await writing;
    expect(refusals.length).toBeGreaterThan(0);
    expect(Math.max(...refusals) - back).toBeLessThan(5_000);
    for (const [key, of] of acknowledged) {
      const [name, version] = key.split('@');
      const tarball = await npm.send('GET', `${name}/-/${name}-${version}.tgz`);
      expect(tarball.bytes.equals(of.tarball), key).toBe(true);
    }
  });
});

const npmOf = ({ url }: TestServer): string => `${url}/api/v4/projects/1/packages/npm/`;
