/** Publishing at one server and installing from another at once, again and again. */
import { expect } from 'vitest';
import type { Client } from '../clients/client.ts';
import { npmMachine, required } from '../clients/npm-machine.ts';
import { npmPackage } from '../harness/packages.ts';
import { npmWire } from '../wire/npm-wire.ts';
import { integrityIn } from './ledger-check.ts';

export interface Site {
  /** npm registry URLs of the same project at each server. */
  readonly registries: readonly string[];
  readonly token: string;
}

/** Of these, one server takes and another gives; every pair comes up. */
function pairOf(round: number, servers: number): readonly [taker: number, giver: number] {
  const taker = round % servers;
  const ahead = 1 + (Math.floor(round / servers) % (servers - 1));
  return [taker, (taker + ahead) % servers];
}

/** A publish and an install by bare requests; the package's name grows with the rounds, its versions do too. */
export async function rawRound(site: Site, round: number): Promise<void> {
  const [taker, giver] = pairOf(round, site.registries.length);
  const of = await npmPackage({ name: `round-${round % 50}`, version: `1.${round}.0` });
  const { name, version } = of.manifest;
  const what = `round ${round}: ${name}@${version} published at server ${taker}, asked from server ${giver}`;
  const reader = npmWire(site.registries[giver] ?? '', site.token);
  expect((await npmWire(site.registries[taker] ?? '', site.token).put(of)).status, what).toBe(201);
  expect(integrityIn((await reader.send('GET', name)).json, version), what).toBe(of.integrity);
  const { bytes } = await reader.send('GET', `${name}/-/${name}-${version}.tgz`);
  expect(bytes.equals(of.tarball), what).toBe(true);
}

/** The same by npm itself, on two people's machines. */
export async function npmRound(site: Site, round: number, npm: Client): Promise<void> {
  const [taker, giver] = pairOf(round, site.registries.length);
  const machineAt = (place: number): ReturnType<typeof npmMachine> =>
    npmMachine(npm, { registry: site.registries[place] ?? '', token: site.token });
  const options = { name: 'by-npm', version: `1.${round}.0` };
  await (await machineAt(taker)).publish(options);
  const person = await machineAt(giver);
  const folder = await person.consumer();
  await person.ok(['install', `by-npm@${options.version}`], { cwd: folder });
  expect(await required(folder, 'by-npm')).toBe(`by-npm@${options.version}`);
}
