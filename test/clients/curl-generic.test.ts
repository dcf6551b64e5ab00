import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
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

const size = 300_000;

describeClient('curl', (curl) => {
  let box: Machine;
  /** A file of `size` bytes to upload. */
  let file: string;
  let url: string;
  let token: readonly string[];

  beforeAll(async () => {
    box = await machine(curl);
    file = path.join(box.home, 'tool.bin');
    await pipeline(payload(size), createWriteStream(file));
    url = `${at.secret.generic}/tool/1.0.0/tool.bin`;
    token = ['--header', `PRIVATE-TOKEN: ${at.developer.token}`];
  });

  /** Status and body of a request that curl itself calls a success. */
  const ask = async (...args: string[]): Promise<[status: number, body: string]> => {
    const said = await box.ok(['--silent', '--show-error', '--write-out', '\n%{http_code}', ...args]);
    const end = said.lastIndexOf('\n');
    return [Number(said.slice(end + 1)), said.slice(0, end)];
  };

  test('upload as GitLab’s documentation says, and download the same bytes', async () => {
    expect(await ask(...token, '--upload-file', file, url)).toEqual([201, '{"message":"201 Created"}']);
    await box.ok(['-fsS', ...token, '-o', 'back.bin', '-D', 'headers.txt', url]);
    const back = await readFile(path.join(box.home, 'back.bin'));
    expect(createHash('sha256').update(back).digest('hex')).toBe(payloadSha256(size));
    const headers = await readFile(path.join(box.home, 'headers.txt'), 'utf8');
    expect(headers).toContain(`X-Checksum-SHA256: ${payloadSha256(size)}`);
    expect(headers).toMatch(/^accept-ranges: bytes/im);
    expect(headers).toMatch(/^content-disposition: attachment; filename="?tool\.bin"?/im);
  });

  test('upload in every way that curl has', async () => {
    const body = await readFile(file);
    const ways: [how: string, args: string[], input?: Uint8Array][] = [
      ['chunked', ['--upload-file', '-'], body],
      ['data', ['--request', 'PUT', '--data-binary', `@${file}`]],
      ['form', ['--request', 'PUT', '--form', `file=@${file}`]],
      ['basic', ['--user', `anyone:${at.developer.token}`, '--upload-file', file]],
      ['password', ['--user', `${at.developer.username}:${at.developer.password}`, '--upload-file', file]],
      ['bearer', ['--header', `Authorization: Bearer ${at.developer.token}`, '--upload-file', file]],
    ];
    for (const [how, args, input] of ways) {
      const target = `${at.secret.generic}/ways/1.0.0/${how}.bin`;
      const carrier = ['basic', 'password', 'bearer'].includes(how) ? [] : token;
      await box.ok(['-fsS', ...carrier, ...args, target], input === undefined ? {} : { input });
      const head = await box.ok(['-fsS', '--head', ...token, target]);
      expect(head, how).toContain(`X-Checksum-SHA256: ${payloadSha256(size)}`);
    }
  });

  test('sub-paths, an empty file, and the file’s description', async () => {
    const deep = `${at.secret.generic}/tool/1.0.0/linux/x64/tool.bin`;
    const [status, body] = await ask(...token, '--upload-file', file, `${deep}?select=package_file`);
    expect([status, JSON.parse(body)]).toMatchObject([200, { size, file_sha256: payloadSha256(size) }]);
    await box.ok(['-fsS', ...token, '-o', 'deep.bin', deep]);
    const empty = `${at.secret.generic}/tool/1.0.0/empty`;
    await box.ok(['-fsS', ...token, '--upload-file', '/dev/null', empty]);
    expect(await ask(...token, empty)).toEqual([200, '']);
  });

  test('a broken download goes on where it ended, and a whole one is left alone', async () => {
    const part = path.join(box.home, 'part.bin');
    await box.ok(['-fsS', ...token, '-o', part, url]);
    await truncate(part, 100_000);
    await box.ok(['-fsS', ...token, '-C', '-', '-o', part, url]);
    expect((await stat(part)).size).toBe(size);
    const bytes = await readFile(part);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(payloadSha256(size));
    expect((await box.run(['-sS', ...token, '-C', '-', '-o', part, url])).code).toBe(0);
    expect((await ask(...token, '--range', '0-3', '-o', 'four.bin', url))[0]).toBe(206);
  });

  test('what is known already isn’t sent again', async () => {
    await box.ok(['-fsS', ...token, '--etag-save', 'etag', '-o', 'etagged.bin', url]);
    expect(await ask(...token, '--etag-compare', 'etag', '-o', 'again.bin', url)).toEqual([304, '']);
    await box.ok(['-fsS', ...token, '-R', '-o', 'dated.bin', url]);
    expect(await ask(...token, '-z', 'dated.bin', '-o', 'again.bin', url)).toEqual([304, '']);
  });

  test('creating only, and the promise of a checksum', async () => {
    const once = `${at.secret.generic}/tool/1.0.0/once.bin`;
    const create = [...token, '--header', 'If-None-Match: *', '--upload-file', file, once];
    expect((await ask(...create))[0]).toBe(201);
    expect((await ask(...create))[0]).toBe(412);
    const promised = (sha256: string): string[] => ['--header', `X-Checksum-Sha256: ${sha256}`, '--upload-file', file];
    expect((await ask(...token, ...promised(payloadSha256(size)), `${at.secret.generic}/tool/1.0.0/sure.bin`))[0]).toBe(
      201,
    );
    const wrong = `${at.secret.generic}/tool/1.0.0/wrong.bin`;
    expect((await ask(...token, ...promised('0'.repeat(64)), wrong))[0]).toBe(400);
    expect((await ask(...token, wrong))[0]).toBe(404);
    expect((await ask(...token, '-C', '1000', '--upload-file', file, wrong))[0]).toBe(400);
  });

  test('who may do what', async () => {
    const as = (secret: string): string[] => ['--header', `PRIVATE-TOKEN: ${secret}`];
    expect((await ask(url))[0]).toBe(401);
    expect((await ask(...as('wrong'), url))[0]).toBe(401);
    expect((await ask(...as(at.stranger.token), url))[0]).toBe(404);
    expect((await ask(...as(at.guest.token), '-o', 'guest.bin', url))[0]).toBe(200);
    expect((await ask(...as(at.guest.token), '--upload-file', file, url))[0]).toBe(403);
    expect((await ask('--upload-file', file, url))[0]).toBe(401);
    expect((await box.run(['-fsS', url])).code).toBe(22);
  });

  test('names that are no names', async () => {
    for (const path of ['a%2f..%2fb/1.0.0/x', 'tool/..1/x', 'tool/1.0.0/~x', 'tool/1.0.0/a%0ab', 'tool/1.0.0/..%2fx']) {
      const [status] = await ask('--path-as-is', ...token, '--upload-file', file, `${at.secret.generic}/${path}`);
      expect(status, path).toBe(400);
    }
    const [status, body] = await ask(...token, '--request', 'POST', '--data', 'x', url);
    expect([status, JSON.parse(body)]).toEqual([405, { message: expect.stringContaining('405 Method Not Allowed') }]);
  });

  test('a file that was replaced answers with the new bytes', async () => {
    const target = `${at.secret.generic}/tool/1.0.0/changing.txt`;
    for (const text of ['first', 'second']) {
      await writeFile(path.join(box.home, 'text.txt'), text);
      await box.ok(['-fsS', ...token, '--upload-file', 'text.txt', target]);
      expect(await ask(...token, target)).toEqual([200, text]);
    }
  });
});
