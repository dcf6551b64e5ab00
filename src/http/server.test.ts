import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawConnection, requestBytes } from '../../test/wire/raw-http.ts';
import { Connections } from './connections.ts';
import { drainServer } from './drain.ts';
import { HotAnswers } from './hot-answers.ts';
import type { Readiness } from './readiness.ts';
import { RequestWatch } from './request-watch.ts';
import { createHttpServer, type ServerParts, type Timeouts } from './server.ts';

/** The edge with time-outs that a test can wait for, and a web framework that answers when it is told to. */

const timeouts: Timeouts = { keepAlive: 2_000, headers: 300, smallBody: 600, idle: 400, checkEvery: 50 };

let server: Server;
let url: string;
let connections: Connections;
let watch: RequestWatch;
let draining: boolean;
let fallback: ServerParts['fallback'];

beforeEach(() => start(timeouts));

async function start(limits: Timeouts): Promise<void> {
  draining = false;
  connections = new Connections();
  watch = new RequestWatch(() => undefined, { observe: () => undefined });
  fallback = (_request, response) => response.end('answer');
  server = createHttpServer(
    {
      prefix: '/yard',
      hot: new HotAnswers(() => null, Date.now),
      mounts: { formats: new Map(), sites: new Map() },
      watch,
      connections,
      tls: null,
      draining: () => draining,
      health: () => false,
      fallback: (request, response) => fallback(request, response),
    },
    limits,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(stop);

async function stop(): Promise<void> {
  connections.closeAll();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

const request = requestBytes({ target: '/' });

test('the path of the public URL may stand in front, and nothing after it is decoded', async () => {
  fallback = (incoming, response) => response.end(incoming.url);
  for (const [asked, seen] of [
    ['/yard/api/v4/projects/a%2Fb?x=%2F', '/api/v4/projects/a%2Fb?x=%2F'],
    ['/api/v4/projects/a%2Fb', '/api/v4/projects/a%2Fb'],
    ['/yard', '/'],
  ]) {
    expect(await (await fetch(`${url}${asked}`)).text()).toBe(seen);
  }
});

describe('clients that take their time', () => {
  test('one header byte at a time', async () => {
    const connection = await RawConnection.open(url);
    await connection.send('GET / HTTP/1.1\r\nHost: a\r\nX: ');
    while (connection.isOpen) {
      await connection.send('y');
      await pause(30);
    }
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('nothing at all', async () => {
    const connection = await RawConnection.open(url);
    expect(await connection.closed()).toMatch(/^(HTTP\/1\.1 408 .*)?/);
    expect(connection.isOpen).toBe(false);
  });

  test('a body that stops', async () => {
    fallback = (incoming, response) => incoming.resume().on('end', () => response.end());
    const connection = await RawConnection.open(url);
    await connection.send(requestBytes({ method: 'PUT', target: '/', headers: { 'content-length': '9' } }));
    await connection.send('half');
    expect(await connection.closed()).toBe('');
  });

  test('a small body that never ends', async () => {
    fallback = (incoming, response) => incoming.resume().on('end', () => response.end());
    const connection = await RawConnection.open(url);
    await connection.send(requestBytes({ method: 'PUT', target: '/', headers: { 'content-length': '900' } }));
    while (connection.isOpen) {
      await connection.send('.');
      await pause(30);
    }
    expect(await connection.closed()).toBe('');
  });

  test('hundreds that wait keep nobody else waiting', async () => {
    const waiting = await Promise.all(Array.from({ length: 300 }, () => RawConnection.open(url)));
    for (const connection of waiting) await connection.send('GET / HT');
    const connection = await RawConnection.open(url);
    await connection.send(request);
    expect((await connection.answer()).body.toString()).toBe('answer');
    await Promise.all(waiting.map((each) => each.closed()));
  });
});

test('a client that waits for us is not idle', async () => {
  fallback = (_request, response) => void setTimeout(() => response.end('at last'), 3 * timeouts.idle);
  const connection = await RawConnection.open(url);
  await connection.send(request);
  expect((await connection.answer()).body.toString()).toBe('at last');
  connection.abort();
});

describe('draining', () => {
  const drain = (longest: number, keepPort = false): Promise<void> => {
    draining = true;
    return drainServer({ server, connections, watch, readiness: { drain: () => {} } as Readiness, longest, keepPort });
  };

  test('an idle server stops at once, with connections open', async () => {
    const connection = await RawConnection.open(url);
    await connection.send(request);
    await connection.answer();
    await drain(60_000);
    expect(await connection.closed()).toBe('');
  });

  test('an answer under way is finished, a new connection is refused, an open one is told to go', async () => {
    const slow = await RawConnection.open(url);
    const open = await RawConnection.open(url);
    let finish = (): void => undefined;
    fallback = (_request, response) => {
      response.write('begin ');
      finish = () => response.end('and end');
      fallback = (_other, answer) => answer.end('answer');
    };
    await slow.send(request);
    await pause(50);
    const drained = drain(60_000);
    await expect(RawConnection.open(url)).rejects.toThrow(/ECONNREFUSED/);
    await open.send(request);
    const { headers, body } = await open.answer();
    expect([headers.get('connection'), body.toString()]).toEqual(['close', 'answer']);
    finish();
    expect(await slow.closed()).toContain('and end');
    await drained;
  });

  test('with a port that is kept to the end: who comes at once is answered, who comes late is cut off', async () => {
    const slow = await RawConnection.open(url);
    let finish = (): void => undefined;
    fallback = (_request, response) => {
      finish = () => response.end('at last');
      fallback = (_other, answer) => answer.end('answer');
    };
    await slow.send(request);
    await pause(50);
    const drained = drain(60_000, true);
    const early = await RawConnection.open(url);
    await early.send(request);
    const { headers, body } = await early.answer();
    expect([headers.get('connection'), body.toString()]).toEqual(['close', 'answer']);
    await pause(1_100);
    const late = await RawConnection.open(url);
    expect(await late.closed()).toBe('');
    finish();
    expect(await slow.closed()).toContain('at last');
    await drained;
    await expect(RawConnection.open(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  test('a slow reader gets the whole of an answer that was already given', async () => {
    await stop();
    await start({ ...timeouts, idle: 60_000 });
    const size = 24 * 2 ** 20;
    fallback = (_request, response) => {
      response.writeHead(200, { 'content-length': size }).end(Buffer.alloc(size));
    };
    const connection = await RawConnection.open(url);
    connection.pause();
    await connection.send(request);
    await pause(100);
    const drained = drain(60_000);
    await pause(200);
    connection.resume();
    expect((await connection.answer()).body.length).toBe(size);
    await drained;
  });

  test('what takes longer than it may is cut off', async () => {
    fallback = () => undefined;
    const connection = await RawConnection.open(url);
    await connection.send(request);
    await pause(50);
    await drain(100);
    expect(await connection.closed()).toBe('');
  });
});
