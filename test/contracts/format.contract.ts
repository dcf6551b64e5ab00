import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { askFor, RawConnection, type RawAnswer, type RawRequest, requestBytes } from '../wire/raw-http.ts';
import type { FormatAdapter, Upload } from './format-adapters.ts';
import { climbing, strangeRequest } from './hostile-requests.ts';

/** The questions that every format must answer alike, whatever its protocol. */
export function formatContract(format: FormatAdapter): void {
  describe(`the ${format.id} format`, () => {
    let server: TestServer;
    let open: TestProject;
    let hidden: TestProject;
    let stranger: TestUser;
    let victim: Upload;
    let file = '';

    beforeAll(async () => {
      server = await startServer();
      await server.createGroup('acme', 'public');
      open = await server.createProject('acme/open', 'public');
      // A group of its own: some formats let one project of a group alone have a name.
      await server.createGroup('elsewhere', 'public');
      hidden = await server.createProject('elsewhere/hidden');
      stranger = await server.createUser('stranger');
      victim = await format.publish('victim', '1.0.0', 'the right bytes');
      file = format.file('victim', '1.0.0');
      for (const project of [open, hidden]) {
        const { status } = await send(project, { ...victim, token: server.rootToken });
        expect([200, 201]).toContain(status);
      }
    });

    afterAll(() => server.stop());

    interface Question extends Partial<Omit<Upload, 'stored'>> {
      readonly token?: string | null;
    }

    const mount = (project: TestProject | string): string =>
      `/api/v4/projects/${typeof project === 'string' ? project : project.id}/packages/${format.id}`;

    function send(project: TestProject | string, { method = 'GET', path = '', headers, body, token }: Question) {
      return askFor(server.url, {
        method,
        target: `${mount(project)}${path}`,
        headers: { ...(token === undefined || token === null ? {} : { 'private-token': token }), ...headers },
        ...(body === undefined ? {} : { body }),
      });
    }

    const document = format.document('victim');
    const get = (headers: Record<string, string> = {}, method = 'GET', path = file): Promise<RawAnswer> =>
      send(open, { method, path, headers });

    /** Everything that a refused request could have changed. */
    async function state(): Promise<unknown> {
      return {
        blobs: await server.storedBlobs(),
        staging: await readdir(join(server.data, 'staging')),
        folder: await readdir(server.data),
        packages: await server.api('GET', `/projects/${open.id}/packages?per_page=100`),
      };
    }

    describe('a path that climbs', () => {
      test.each(climbing.map((text) => [text.slice(0, 40), text]))('%s', async (_start, text) => {
        const before = await state();
        const connection = await RawConnection.open(server.url);
        for (const path of format.hostile(text)) {
          for (const method of ['GET', 'PUT', 'DELETE']) {
            const headers = { 'private-token': server.rootToken };
            const body = method === 'PUT' ? { body: '{}' } : {};
            const target = `${mount(open)}${path}`;
            await connection.send(requestBytes({ method, target, headers, ...body }));
            const answer = await connection.answer(method);
            expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
            expect(answer.status, `${method} ${path}`).toBeLessThan(500);
            format.checkProblem(jsonOf(answer));
          }
        }
        connection.abort();
        expect(await state()).toEqual(before);
      });
    });

    test('dot files of the server are no packages', async () => {
      for (const path of ['/.env', '/.git/config', '/victim/.git%2fconfig', '/..%2fpackyard.db']) {
        expect([400, 404, 405]).toContain((await get({}, 'GET', path)).status);
      }
    });

    test('what is not there is told in the words of the format', async () => {
      const missing = [
        await get({}, 'GET', format.file('nobody', '1.0.0')),
        await get({}, 'GET', format.file('victim', '9.9.9')),
        await send('acme%2fnothing', { path: file, token: server.rootToken }),
        await send('987654', { path: file, token: server.rootToken }),
        ...(document === null ? [] : [await get({}, 'GET', format.document('nobody') ?? '')]),
      ];
      for (const answer of missing) {
        expect(answer.status).toBe(404);
        format.checkProblem(jsonOf(answer));
      }
    });

    test('HEAD is GET without the body', async () => {
      for (const path of [file, ...(document === null ? [] : [document]), format.file('nobody', '1.0.0')]) {
        const [asked, told] = [await get({}, 'GET', path), await get({}, 'HEAD', path)];
        expect(withoutDate(told.head), path).toBe(withoutDate(asked.head));
        expect(Number(told.headers.get('content-length')), path).toBe(asked.body.length);
        expect(told.body.length).toBe(0);
      }
    });

    test.each(['file', 'document'])('a %s that the client has is not sent again', async (what) => {
      const path = what === 'file' ? file : document;
      if (path === null) return;
      const first = await get({}, 'GET', path);
      const etag = first.headers.get('etag') ?? '';
      const date = first.headers.get('last-modified') ?? '';
      expect(etag).toMatch(/^(W\/)?"[^"]+"$/);
      const status = async (headers: Record<string, string>, method = 'GET') =>
        (await get(headers, method, path)).status;
      expect(await status({ 'if-none-match': etag })).toBe(304);
      expect(await status({ 'if-none-match': etag }, 'HEAD')).toBe(304);
      expect(await status({ 'if-none-match': `W/"x", ${etag}` })).toBe(304);
      expect(await status({ 'if-none-match': '*' })).toBe(304);
      expect(await status({ 'if-none-match': '"x"' })).toBe(200);
      expect(await status({ 'if-modified-since': date })).toBe(304);
      expect(await status({ 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).toBe(200);
      expect(await status({ 'if-modified-since': 'yesterday' })).toBe(200);
      // The entity tag is the better witness.
      expect(await status({ 'if-none-match': '"x"', 'if-modified-since': date })).toBe(200);
      const unsent = await get({ 'if-none-match': etag }, 'GET', path);
      expect(unsent.body.length).toBe(0);
      expect(unsent.headers.get('etag')).toBe(etag);
    });

    test('a condition that does not hold is a 412 in the words of the format', async () => {
      const etag = (await get()).headers.get('etag') ?? '';
      expect((await get({ 'if-match': etag })).status).toBe(200);
      expect((await get({ 'if-match': '*' })).status).toBe(200);
      const refused = [
        await get({ 'if-match': '"x"' }),
        await get({ 'if-match': `W/${etag}` }),
        await get({ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }),
        ...(document === null ? [] : [await get({ 'if-match': '"x"' }, 'GET', document)]),
      ];
      for (const answer of refused) {
        expect(answer.status).toBe(412);
        format.checkProblem(jsonOf(answer));
      }
    });

    test('a part of a file', async () => {
      const whole = victim.stored;
      const etag = (await get()).headers.get('etag') ?? '';
      const date = (await get()).headers.get('last-modified') ?? '';
      const part = async (range: string, more: Record<string, string> = {}) => {
        const { status, headers, body } = await get({ range, ...more });
        return [status, headers.get('content-range') ?? null, body.toString('latin1')];
      };
      const size = whole.length;
      const text = whole.toString('latin1');
      expect(await part('bytes=2-4')).toEqual([206, `bytes 2-4/${size}`, text.slice(2, 5)]);
      expect(await part('bytes=5-')).toEqual([206, `bytes 5-${size - 1}/${size}`, text.slice(5)]);
      expect(await part('bytes=-3')).toEqual([206, `bytes ${size - 3}-${size - 1}/${size}`, text.slice(-3)]);
      expect(await part(`bytes=0-${size * 2}`)).toEqual([206, `bytes 0-${size - 1}/${size}`, text]);
      expect(await part(`bytes=${size}-`)).toEqual([416, `bytes */${size}`, '']);
      for (const ignored of ['bytes=4-2', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=a-b', 'bytes=-', '0-4']) {
        expect(await part(ignored), ignored).toEqual([200, null, text]);
      }
      expect((await part('bytes=2-4', { 'if-range': etag }))[0]).toBe(206);
      expect((await part('bytes=2-4', { 'if-range': date }))[0]).toBe(206);
      expect((await part('bytes=2-4', { 'if-range': '"x"' }))[0]).toBe(200);
      expect((await part('bytes=2-4', { 'if-range': 'Mon, 01 Jan 2001 00:00:00 GMT' }))[0]).toBe(200);
      expect((await get({ range: 'bytes=2-4' }, 'HEAD')).status).toBe(200);
    });

    test('who may download', async () => {
      const basic = (name: string, secret: string) => ({
        authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
      });
      const status = async (project: TestProject, headers: Record<string, string>) =>
        (await send(project, { path: file, headers })).status;
      const { rootToken: token } = server;
      for (const right of [
        { 'private-token': token },
        { 'job-token': token },
        { authorization: `Bearer ${token}` },
        basic('root', token),
        basic('anybody', token),
        basic('root', server.rootPassword),
      ]) {
        expect(await status(hidden, right), JSON.stringify(right)).toBe(200);
      }
      expect(await status(open, {})).toBe(200);
      expect(await status(hidden, {})).toBe(format.anonymousFile);
      expect(await status(hidden, { 'private-token': stranger.token })).toBe(404);
      expect(await status(open, { 'private-token': 'wrong' })).toBe(401);
      expect(await status(open, { authorization: 'Bearer wrong' })).toBe(401);
      expect(await status(open, { 'deploy-token': token })).toBe(401);
      expect(await status(open, basic('root', 'wrong'))).toBe(format.wrongPassword);
      expect(await status(hidden, basic('root', 'wrong'))).toBe(401);
      expect((await send(hidden, { path: `${file}?private_token=${token}` })).status).toBe(format.anonymousFile);
    });

    test('who may publish', async () => {
      const upload = await format.publish('intruder', '1.0.0', 'x');
      const before = await state();
      expect((await send(open, upload)).status).toBe(401);
      expect((await send(hidden, upload)).status).toBe(401);
      expect((await send(open, { ...upload, token: stranger.token })).status).toBe(403);
      expect((await send(hidden, { ...upload, token: stranger.token })).status).toBe(404);
      expect((await send(open, { ...upload, token: 'wrong' })).status).toBe(401);
      expect(await state()).toEqual(before);
    });

    test('publishing again is refused, or the newest answers', async () => {
      const put = async (content: string) => {
        const upload = await format.publish('twice', '1.0.0', content);
        return { upload, answer: await send(open, { ...upload, token: server.rootToken }) };
      };
      const first = await put('one');
      const second = await put('two');
      const winner = format.again === 'newest' ? second : first;
      if (format.again !== 'newest') {
        expect(second.answer.status).toBe(format.again.refused);
        format.checkProblem(jsonOf(second.answer));
      }
      const { body } = await get({}, 'GET', format.file('twice', '1.0.0'));
      expect(body.equals(winner.upload.stored)).toBe(true);
    });

    test('the same bytes for ever, and what they are checked with', async () => {
      const hex = (algorithm: string) => createHash(algorithm).update(victim.stored).digest('hex');
      for (let n = 0; n < 3; n++) {
        await send(open, { ...(await format.publish('victim', `2.0.${n}`, `more ${n}`)), token: server.rootToken });
        const { headers, head, body } = await get();
        expect(body.equals(victim.stored)).toBe(true);
        expect(headers.get('content-length')).toBe(String(body.length));
        expect(headers.get('x-checksum-sha256')).toBe(hex('sha256'));
        expect(headers.get('x-checksum-sha1')).toBe(hex('sha1'));
        expect(headers.get('x-checksum-md5')).toBe(hex('md5'));
        // Scripts look for this spelling.
        expect(head).toContain(`X-Checksum-SHA256: ${hex('sha256')}`);
      }
    });

    test('a file is offered as a download and never run', async () => {
      const { headers } = await get();
      expect(headers.get('content-disposition')).toMatch(
        /^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.%-]+$/,
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
      expect(headers.get('content-type')).not.toMatch(/html|svg|xml|script/);
      expect(headers.get('accept-ranges')).toBe('bytes');
      expect(headers.get('cache-control')).toMatch(/^private/);
      const refused = await get({}, 'GET', format.file('nobody', '1.0.0'));
      expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
      expect(refused.headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
    });

    test('what is hidden and what is not there are one answer', async () => {
      const questions: Question[] = [
        { path: file },
        ...(document === null ? [] : [{ path: document }]),
        { ...victim },
        { path: file, headers: { 'if-none-match': '*' } },
        { path: file, method: 'HEAD' },
        { path: file, headers: { range: 'bytes=0-0' } },
        { path: format.file('nobody', '1.0.0') },
        { path: '/x', method: 'DELETE' },
      ];
      for (const token of [null, stranger.token]) {
        for (const question of questions) {
          const there = await send(hidden, { ...question, token });
          const nowhere = await send('acme%2fnothing', { ...question, token });
          expect(told(there), JSON.stringify(question)).toEqual(told(nowhere));
        }
      }
    });

    test('a method that a path does not take is told which it does', async () => {
      for (const method of ['POST', 'PATCH', 'OPTIONS', 'TRACE', 'LINK']) {
        const answer = await send(open, { method, path: file, token: server.rootToken });
        expect(answer.status, method).toBe(405);
        const allowed = (answer.headers.get('allow') ?? '').split(', ');
        expect(allowed).toEqual(expect.arrayContaining(['GET', 'HEAD']));
        expect(allowed).not.toContain(method);
        format.checkProblem(jsonOf(answer));
      }
    });

    test('whatever is sent, no fault of ours, no wait, and nothing stored unless it is said', async () => {
      const guest = await server.createUser('fuzz-guest');
      await server.addMember(open, guest, 'guest');
      const carriers = [{}, { 'private-token': guest.token }, { 'private-token': server.rootToken }];
      const fuzzed = await format.publish('fuzzed', '1.0.0', 'x');
      expect((await send(open, { ...fuzzed, token: server.rootToken })).status).toBeLessThan(300);
      const known = [format.file('fuzzed', '1.0.0'), format.document('fuzzed') ?? '/', fuzzed.path];
      const before = (await server.storedBlobs()).length;
      let accepted = 0;
      const property = fc.asyncProperty(
        strangeRequest(mount(open), known),
        fc.constantFrom(...carriers),
        async (request: RawRequest, carrier) => {
          const answer = await tryRequest({ ...request, headers: { ...carrier, ...request.headers } });
          expect(answer?.status ?? 400, requestBytes(request).toString('latin1')).toBeLessThan(500);
          if (answer !== null && answer.status < 300 && request.method === 'PUT') accepted++;
        },
      );
      await fc.assert(property, { numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) });
      expect((await server.storedBlobs()).length - before).toBeLessThanOrEqual(accepted);
      expect(await readdir(join(server.data, 'staging'))).toEqual([]);
      expect((await get()).body.equals(victim.stored)).toBe(true);
    });

    /** `null` when the connection was closed without an answer, which a request that is none deserves. */
    async function tryRequest(request: RawRequest): Promise<RawAnswer | null> {
      const method = request.method ?? 'GET';
      const connection = await RawConnection.open(server.url);
      try {
        await connection.send(requestBytes(request));
        let answer = await connection.answer(method);
        if (answer.status === 100) answer = await connection.answer(method);
        return answer;
      } catch (error) {
        if (connection.isOpen) throw error;
        return null;
      } finally {
        connection.abort();
      }
    }
  });
}

function jsonOf({ body }: RawAnswer): unknown {
  return JSON.parse(body.toString('utf8'));
}

function told({ head, body }: RawAnswer): readonly string[] {
  return [withoutDate(head), body.toString()];
}

function withoutDate(head: string): string {
  return head.replace(/^date: .*\r\n/im, '').replace(/^(connection|keep-alive): .*$/gim, '');
}
