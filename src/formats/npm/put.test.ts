import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { packageOf } from '../../../test/npm/fake-registry.ts';
import { PublishRegistry, sendPut } from '../../../test/npm/publish-registry.ts';
import type { FormatRequest } from '../format.ts';
import { put } from './put.ts';
import { revOf } from './revisions.ts';

describe('a PUT without a tarball', () => {
  async function writes(body: unknown, rev?: string) {
    const registry = new PublishRegistry();
    registry.packages.set('pkg', packageOf('pkg', ['1.0.0', '1.1.0']));
    const answer = await sendPut(registry, 'pkg', body, rev === undefined ? {} : { rev });
    return { answer, writes: registry.writes.map(([method]) => method) };
  }
  const rev = revOf({ id: 3, revision: 7 });
  const whole = { name: 'pkg', versions: { '1.0.0': {}, '1.1.0': {} } };

  test.each<[string, unknown, string | undefined, string[]]>([
    [
      'deprecates',
      { ...whole, _attachments: {}, versions: { '1.0.0': { deprecated: 'x' } } },
      undefined,
      ['setStandings'],
    ],
    [
      'deprecates despite stubs',
      { versions: { '1.0.0': { deprecated: 'x' } }, _attachments: { 'pkg-1.0.0.tgz': { stub: true } } },
      undefined,
      ['setStandings'],
    ],
    ['stars', { _id: 'pkg', _rev: rev, users: { alice: true } }, undefined, ['setStar']],
    ['changes owners', { _id: 'pkg', _rev: rev, maintainers: [{ name: 'bob' }] }, rev, ['setMaintainers']],
    ['unpublishes', { versions: { '1.0.0': {} } }, rev, ['removeVersions']],
  ])('%s', async (_what, body, atRev, methods) => {
    const { answer, writes: written } = await writes(body, atRev);
    expect(answer.status).toBeLessThan(300);
    expect(written).toEqual(methods);
  });

  test('that means nothing is refused', async () => {
    for (const body of [{}, { name: 'pkg' }, { _attachments: {} }]) {
      expect(await writes(body)).toMatchObject({ answer: { status: 400 }, writes: [] });
    }
  });
});

test('who says to star may not publish: the tarball is refused before it is received', async () => {
  const registry = new PublishRegistry();
  const request = {
    method: 'PUT',
    params: { name: 'pkg' },
    headers: { 'npm-command': 'star' },
    body: () => Readable.from([Buffer.from('{"_attachments":{"pkg-1.0.0.tgz":{"data":"AAAA"}}}')]),
  } as unknown as FormatRequest;
  await expect(put(request, registry)).rejects.toMatchObject({ code: 'forbidden' });
  expect([registry.published, registry.stagings]).toEqual([[], 0]);
});

test('a body that breaks off says so, and publishes nothing', async () => {
  const registry = new PublishRegistry();
  const body = new Readable({ read() {} });
  body.push('{"_attachments":{"pkg-1.0.0.tgz":{"data":"AAAA');
  const request = { method: 'PUT', params: { name: 'pkg' }, headers: {}, body: () => body } as unknown as FormatRequest;
  const answer = put(request, registry);
  setImmediate(() => body.destroy(new Error('aborted')));
  await expect(answer).rejects.toMatchObject({ code: 'incomplete-body' });
  expect(registry.published).toEqual([]);
});
