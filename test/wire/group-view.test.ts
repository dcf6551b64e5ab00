import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NpmPackage, npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { type NpmWire, npmWire } from './npm-wire.ts';

/** What a group's document names can be asked for, whichever of its projects has it. */

let server: TestServer;
let view: NpmWire;

beforeAll(async () => {
  server = await startServer();
  const group = await server.createGroup('acme');
  view = npmWire(group.npm, server.rootToken);
  for (const [path, version] of [
    ['acme/first', '1.0.0'],
    ['acme/second', '2.0.0'],
  ] as const) {
    const project = await server.createProject(path);
    const made = await npmPackage({ name: '@acme/knot', version });
    const bundle = bundleFor(made);
    const attachments = { [`@acme/knot-${version}.sigstore`]: { data: bundle, length: bundle.length } };
    expect((await npmWire(project.npm, server.rootToken).put(made, { attachments })).status).toBe(201);
  }
});
afterAll(() => server.stop());

function bundleFor({ manifest, tarball }: NpmPackage): string {
  const statement = {
    subject: [
      {
        name: `pkg:npm/%40acme/knot@${manifest.version}`,
        digest: { sha512: createHash('sha512').update(tarball).digest('hex') },
      },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
  };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    dsseEnvelope: { payload: Buffer.from(JSON.stringify(statement)).toString('base64'), signatures: [] },
  });
}

test('tarballs, manifests and attestations of every version of the document', async () => {
  const { json } = await view.send('GET', '@acme%2fknot');
  const versions = Object.entries(json?.['versions'] as Record<string, { dist: Record<string, never> }>);
  expect(versions.map(([version]) => version)).toEqual(['1.0.0', '2.0.0']);
  const headers = { authorization: `Bearer ${server.rootToken}` };
  for (const [version, { dist }] of versions) {
    const { tarball, attestations } = dist as unknown as { tarball: string; attestations: { url: string } };
    for (const url of [tarball, attestations.url]) {
      expect((await fetch(url, { headers })).status, url).toBe(200);
    }
    expect((await view.send('GET', `@acme%2fknot/${version}`)).json).toMatchObject({ version });
  }
});

test('dist-tags are those of the document: of all projects', async () => {
  const tagged = npmWire((await server.createProject('acme/third')).npm, server.rootToken);
  const made = await npmPackage({ name: '@acme/tagged', version: '1.0.0' });
  expect((await tagged.put(made)).status).toBe(201);
  const other = npmWire((await server.createProject('acme/fourth')).npm, server.rootToken);
  const next = await npmPackage({ name: '@acme/tagged', version: '2.0.0-rc.1' });
  expect((await other.put(next, { tag: 'next' })).status).toBe(201);
  const { json } = await view.send('GET', '@acme%2ftagged');
  expect((await view.send('GET', '-/package/@acme%2ftagged/dist-tags')).json).toEqual(json?.['dist-tags']);
  expect(json?.['dist-tags']).toEqual({ latest: '1.0.0', next: '2.0.0-rc.1' });
});
