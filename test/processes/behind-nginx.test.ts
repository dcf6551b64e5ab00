import { beforeAll, describe, expect, test } from 'vitest';
import { client } from '../clients/client.ts';
import { removeMachines } from '../clients/machine.ts';
import { npmPackage } from '../harness/packages.ts';
import type { TestProject } from '../harness/types.ts';
import { type NpmWire, npmWire } from '../wire/npm-wire.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { expectKept, expectRepeatable, integrityIn } from './ledger-check.ts';
import { startLoad } from './load.ts';
import { type Nginx, startNginx, whyNoNginx } from './nginx.ts';
import { npmRound, rawRound, type Site } from './rounds.ts';

const processes = 4;
/** A thousand in CI. */
const rounds = Number(process.env['MANY_PROCESSES_ROUNDS'] ?? 60);
/** One of so many by npm itself. */
const byNpm = 30;
const missing = whyNoNginx();

if (missing !== null && process.env['REQUIRE_CLIENTS'] === '1') {
  test('nginx is there', () => {
    throw new Error(`REQUIRE_CLIENTS=1, but ${missing}: apt-get install nginx-light`);
  });
}

describe.skipIf(missing !== null)(`four servers behind nginx${missing === null ? '' : ` (${missing})`}`, () => {
  let fleet: Fleet;
  let nginx: Nginx;
  let project: TestProject;

  beforeAll(async () => {
    fleet = await startFleet(processes, { PACKYARD_LOG_LEVEL: 'warn' });
    return () => fleet.stop();
  }, 120_000);

  beforeAll(async () => {
    nginx = await startNginx(places().map((place) => fleet.server(place).url));
    return () => nginx.stop();
  });

  beforeAll(async () => {
    await fleet.createGroup('acme');
    project = await fleet.createProject('acme/app');
  });

  const places = (): number[] => Array.from({ length: processes }, (_, place) => place);
  const registry = (base: string): string => project.npm.replace(fleet.server(0).url, base);
  const npmAt = (place: number): NpmWire => npmWire(registry(fleet.server(place).url), fleet.rootToken);

  test('16 publishes of one version, four at each: one wins, and all show its bytes', async () => {
    const candidates = await Promise.all(
      Array.from({ length: 16 }, (_, n) => npmPackage({ name: 'contested', files: { 'who.txt': `number ${n}` } })),
    );
    const answers = await Promise.all(candidates.map((candidate, n) => npmAt(n % processes).put(candidate)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(15).fill(403),
    ]);
    const winner = candidates[answers.findIndex(({ status }) => status === 201)];
    for (const place of places()) {
      expect(integrityIn((await npmAt(place).send('GET', 'contested')).json)).toBe(winner?.integrity);
      const { bytes } = await npmAt(place).send('GET', 'contested/-/contested-1.0.0.tgz');
      expect(bytes.equals(winner?.tarball ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test(`what one server took, another gives at once: ${rounds} times`, { timeout: 20 * 60_000 }, async () => {
    const npm = await client('npm@machine');
    const site: Site = {
      registries: places().map((place) => registry(fleet.server(place).url)),
      token: fleet.rootToken,
    };
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let round = next++; round < rounds; round = next++) {
        if (round % byNpm === 0) await npmRound(site, round, npm);
        else await rawRound(site, round);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    await removeMachines();
  });

  test('one is killed under load: nothing acknowledged is lost, and the others go on', async () => {
    const load = startLoad({
      registry: registry(nginx.url),
      token: fleet.rootToken,
      packages: ['killed-a', 'killed-b', 'killed-c', 'killed-d'],
      readers: 2,
      mayBreak: true,
    });
    await load.more(20);
    await fleet.server(1).program.kill();
    for (const place of [0, 2, 3]) expect((await npmAt(place).send('GET', 'contested')).status).toBe(200);
    await load.more(40);
    const ledger = await load.stop();
    expect(ledger.failures).toEqual([]);
    expect(ledger.reads).toBeGreaterThan(0);
    await fleet.restart(1);
    for (const place of [1, 2]) await expectKept(npmAt(place), ledger);
    await expectRepeatable(npmAt(1), ledger);
  });

  test('one after the other is restarted under load: no request fails', async () => {
    const load = startLoad({
      registry: registry(nginx.url),
      token: fleet.rootToken,
      packages: ['rolled-a', 'rolled-b', 'rolled-c'],
      readers: 3,
      mayBreak: false,
    });
    await load.more(10);
    for (const place of places()) {
      const { child, ended } = fleet.server(place).program;
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      await load.more(5);
      await fleet.restart(place);
      await untilUsed(place);
    }
    const ledger = await load.stop();
    expect(ledger.failures).toEqual([]);
    expect(ledger.reads).toBeGreaterThan(0);
    await expectKept(npmAt(0), ledger);
  }, 180_000);

  /** nginx sends requests to the server again: only then may the next one go. */
  async function untilUsed(place: number): Promise<void> {
    for (;;) {
      const text = await (await fetch(`${fleet.server(place).url}/-/metrics`)).text();
      if (/^packyard_http_requests_total\{route="npm /m.test(text)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
