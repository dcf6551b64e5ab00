import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from './log.ts';
import type { Log, LogOptions } from './log.ts';
import { prettyLine } from './pretty-line.ts';
import { redactTarget, redactText } from './redact.ts';

let folder: string;
let file: string;
let fd: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packyard-log-'));
  file = join(folder, 'log');
  fd = openSync(file, 'a');
});

afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

function open(options: Partial<LogOptions> = {}): Log {
  return createLog({ logLevel: 'info', logFormat: 'json', requestLog: true, fd, ...options });
}

const record = {
  method: 'GET',
  target: '/api/v4/projects/1/packages/npm/left-pad',
  status: 200,
  bytes: 12,
  milliseconds: 1.26,
  caller: 'user:alice',
  requestId: 'r1',
};

async function linesOf(log: Log): Promise<Record<string, unknown>[]> {
  await log.close();
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('createLog', () => {
  test('no secret field reaches the log, at any depth', async () => {
    const log = open();
    const secret = 'hunter2';
    log.logger.info(
      {
        authorization: secret,
        headers: {
          'PRIVATE-TOKEN': secret,
          'Job-Token': secret,
          cookie: secret,
          'X-NuGet-ApiKey': secret,
          host: 'kept',
        },
        list: [{ deep: { password: secret, token: secret } }],
      },
      'told',
    );
    const [line] = await linesOf(log);
    expect(JSON.stringify(line)).not.toContain(secret);
    expect(line).toMatchObject({ level: 30, msg: 'told', headers: { host: 'kept' } });
  });

  test('errors keep their stack and lose tokens in their message', async () => {
    const log = open();
    log.logger.error({ err: new Error('GET http://u:p4ss@h/?private_token=abc failed') }, 'bad');
    const [line] = await linesOf(log);
    expect(line?.['err']).toMatchObject({ type: 'Error', stack: expect.stringContaining('log.test.ts') as unknown });
    expect(JSON.stringify(line)).not.toMatch(/p4ss|abc/);
  });

  test('request lines are complete JSON whatever the client sends', async () => {
    const log = open();
    const nasty = '/a"b\\c\u0000\n\u001b[31m\u009b\u2028\ud800é😀';
    log.request({ ...record, target: nasty, caller: nasty, requestId: nasty, remote: '::1' });
    await log.drain();
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
    const [line] = await linesOf(log);
    expect(line).toMatchObject({ level: 30, msg: 'request', status: 200, bytes: 12, ms: 1.3, remote: '::1' });
    expect(line?.['url']).toContain('é😀');
    // oxlint-disable-next-line no-control-regex -- exactly these must not reach a terminal
    expect(readFileSync(file, 'utf8')).not.toMatch(/[\u0000-\u0009\u001b\u009b\u2028]/);
  });

  test('switched off, or a level above info: no request lines', async () => {
    const off = open({ requestLog: false });
    off.request(record);
    expect(await linesOf(off)).toEqual([]);
    const high = open({ logLevel: 'warn' });
    high.request(record);
    high.logger.warn('kept');
    expect((await linesOf(high)).map((line) => line['msg'])).toEqual(['kept']);
  });

  test('many lines keep their order and number', async () => {
    const log = open();
    for (let index = 0; index < 5000; index += 1) {
      log.request({ ...record, requestId: `r${index}` });
      if (index % 1000 === 0) await new Promise(setImmediate);
    }
    const ids = (await linesOf(log)).map((line) => line['requestId']);
    expect(ids).toEqual(Array.from({ length: 5000 }, (_, index) => `r${index}`));
  });

  test('one of several processes says in each line which it is', async () => {
    const log = open({ worker: 3 });
    log.logger.info('said');
    log.request(record);
    expect((await linesOf(log)).map((line) => line['worker'])).toEqual([3, 3]);
  });

  test('a reader that went away does not stop the program', async () => {
    const broken = createLog({ logLevel: 'info', logFormat: 'json', requestLog: true, fd: 987_654 });
    broken.logger.info('nobody reads this');
    await expect(broken.close()).resolves.toBeUndefined();
  });

  test('pretty lines are for people', () => {
    expect(
      prettyLine('{"level":50,"time":0,"msg":"failed","a":"b c","n":1,"err":{"stack":"Error: x\\n  at y"}}\n'),
    ).toBe('00:00:00.000 error failed a="b c" n=1\nError: x\n  at y\n');
    expect(prettyLine('no json\n')).toBe('no json\n');
  });
});

describe('redaction', () => {
  test.each([
    ['/x?private_token=abc&b=1', '/x?private_token=[redacted]&b=1'],
    ['/x?a=1&JOB_TOKEN=abc', '/x?a=1&JOB_TOKEN=[redacted]'],
    ['/x?access_token=abc', '/x?access_token=[redacted]'],
    ['/archive?token=abc', '/archive?token=[redacted]'],
    ['/api/v4/packages/npm/-/user/token/abc', '/api/v4/packages/npm/-/user/token/[redacted]'],
    ['/api/v4/packages/npm/-/npm/v1/tokens/token/abc', '/api/v4/packages/npm/-/npm/v1/tokens/token/[redacted]'],
    ['/api/v4/packages/npm/-/v1/done/abc', '/api/v4/packages/npm/-/v1/done/[redacted]'],
    ['/-/login/abc?x=1', '/-/login/[redacted]?x=1'],
    ['http://user:pass@host/x', 'http://[redacted]@host/x'],
    ['/left-pad/-/left-pad-1.0.0.tgz', '/left-pad/-/left-pad-1.0.0.tgz'],
    ['/-/v1/search?text=token', '/-/v1/search?text=token'],
  ])('target %s', (target, shown) => {
    expect(redactTarget(target)).toBe(shown);
  });

  test('tokens are known by their look', () => {
    expect(redactText('no user has glpat-abcdefghij0123456789 here')).toBe('no user has glpat-[redacted] here');
    expect(redactText(`pkyp_${'a1'.repeat(24)}z`)).toBe('pkyp_[redacted]');
  });
});
