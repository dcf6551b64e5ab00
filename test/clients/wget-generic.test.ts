import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { beforeAll, expect, test } from 'vitest';
import { payload, payloadSha256 } from '../harness/payload.ts';
import { describeClient } from './client.ts';
import { type Machine, machine } from './machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

const size = 200_000;

describeClient('wget', (wget) => {
  let box: Machine;
  let url: string;
  let token: string;

  beforeAll(async () => {
    box = await machine(wget);
    url = `${at.secret.generic}/tool/1.0.0/tool.bin`;
    token = `--header=PRIVATE-TOKEN: ${at.developer.token}`;
    await pipeline(payload(size), createWriteStream(path.join(box.home, 'source.bin')));
  });

  const digestOf = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(path.join(box.home, name)))
      .digest('hex');

  test('upload, and download with the header', async () => {
    await box.ok(['-q', '-O', '-', token, '--method=PUT', '--body-file=source.bin', url]);
    await box.ok(['-q', token, url]);
    expect(await digestOf('tool.bin')).toBe(payloadSha256(size));
  });

  test('download with a user name and a token, sent only after the challenge', async () => {
    await box.ok(['-q', '-O', 'basic.bin', '--user=anyone', `--password=${at.guest.token}`, url]);
    expect(await digestOf('basic.bin')).toBe(payloadSha256(size));
    await box.write('.netrc', `machine 127.0.0.1 login anyone password ${at.guest.token}\n`);
    await box.ok(['-q', '-O', 'netrc.bin', url]);
    expect(await digestOf('netrc.bin')).toBe(payloadSha256(size));
    await box.write('.netrc', '');
  });

  test('a broken download goes on, a whole one is left alone', async () => {
    await truncate(path.join(box.home, 'tool.bin'), 50_000);
    await box.ok(['-q', '-c', token, url]);
    expect((await stat(path.join(box.home, 'tool.bin'))).size).toBe(size);
    expect(await digestOf('tool.bin')).toBe(payloadSha256(size));
    expect((await box.run(['-c', token, url])).code).toBe(0);
  });

  test('what is unchanged isn’t fetched again', async () => {
    const ran = await box.run(['-N', token, url]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/not modified|304/i);
  });

  test('refusals end with wget’s own codes', async () => {
    expect((await box.run(['-q', '-O', '-', url])).code).toBe(6);
    expect((await box.run(['-q', '-O', '-', token, `${url}.missing`])).code).toBe(8);
    const guest = `--header=PRIVATE-TOKEN: ${at.guest.token}`;
    expect((await box.run(['-q', '-O', '-', guest, '--method=PUT', '--body-file=source.bin', url])).code).toBe(8);
  });
});
