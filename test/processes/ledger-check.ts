/** Compares what servers show with what their clients were told. */
import { expect } from 'vitest';
import type { NpmWire } from '../wire/npm-wire.ts';
import type { Ledger } from './load.ts';

/** Everything acknowledged is there, with its bytes; nothing is there that nobody published. */
export async function expectKept(npm: NpmWire, { acknowledged, unknown }: Ledger): Promise<void> {
  const names = new Set([...acknowledged.values()].map(({ manifest }) => manifest.name));
  for (const name of names) {
    const { json } = await npm.send('GET', name);
    const shown = Object.keys(Object(json?.['versions']));
    const known = [...acknowledged, ...unknown].filter(([, of]) => of.manifest.name === name);
    const promised = known.filter(([key]) => acknowledged.has(key)).map(([, of]) => of.manifest.version);
    expect(promised.filter((version) => !shown.includes(version))).toEqual([]);
    for (const version of shown) {
      const of = known.find(([key]) => key === `${name}@${version}`)?.[1];
      expect(integrityIn(json, version), `${name}@${version}`).toBe(of?.integrity);
      const { bytes } = await npm.send('GET', `${name}/-/${name}-${version}.tgz`);
      expect(bytes.equals(of?.tarball ?? Buffer.alloc(0)), `${name}@${version}`).toBe(true);
    }
  }
}

/** A publish without an answer may be repeated: it is stored now, or it was stored with these very bytes. */
export async function expectRepeatable(npm: NpmWire, { unknown }: Ledger): Promise<void> {
  for (const [key, of] of unknown) {
    expect([201, 403], key).toContain((await npm.put(of)).status);
    const { json } = await npm.send('GET', of.manifest.name);
    expect(integrityIn(json, of.manifest.version), key).toBe(of.integrity);
  }
}

export function integrityIn(json: Record<string, unknown> | null, version = '1.0.0'): string | undefined {
  const versions = json?.['versions'] as Readonly<Record<string, { dist: { integrity: string } }>> | undefined;
  return versions?.[version]?.dist.integrity;
}
