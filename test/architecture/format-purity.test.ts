import { expect, test } from 'vitest';
import { impureFormats } from './format-purity.ts';
import { source, sourcesBelow } from './source.ts';

test('formats have no effects of their own: no disk, network, clock or chance', () => {
  expect(impureFormats(sourcesBelow('src/formats'))).toEqual([]);
});

test.each([
  [`import { readFile } from 'node:fs/promises';`],
  [`import net from 'node:net';`],
  [`import { request } from 'node:http';`],
  [`import { type IncomingHttpHeaders } from 'node:http';`],
  [`import { spawn } from 'node:child_process';`],
  [`import { randomBytes } from 'node:crypto';`],
  [`import { createHash, createSign } from 'node:crypto';`],
  [`import crypto from 'node:crypto';`],
  [`import 'node:crypto';`],
  [`import pino from 'pino';`],
  [`const file = await import(name);`],
  [`const now = Date.now();`],
  [`const now = new Date();`],
  [`const now = Date();`],
  [`const now = performance.now();`],
  [`const x = Math.random();`],
  [`const home = process.env.HOME;`],
  [`const p = { process };`],
  [`const p = process as { env: object };`],
  [`class P { home = process; }`],
  [`await fetch('https://example.com');`],
  [`setTimeout(() => {}, 5);`],
  [`globalThis.Date;`],
])('%s is found', (text) => {
  expect(impureFormats([source('src/formats/npm/x.ts', text)])).not.toEqual([]);
});

test('what a format needs is allowed', () => {
  const text = `
    import type { IncomingHttpHeaders } from 'node:http';
    import { createHash } from 'node:crypto';
    import { gunzipSync } from 'node:zlib';
    import semver from 'semver';
    import semverValid from 'semver/functions/valid.js';
    export const at = (ms: number): string => new Date(ms).toISOString();
    export const parsed = Date.parse('2030-01-01');
    export const words = { process: at, fetch(): void {} };
    export const word = (x: { fetch: string }): string => x.fetch + createHash('sha1') + gunzipSync + semver + semverValid;
  `;
  expect(impureFormats([source('src/formats/npm/x.ts', text)])).toEqual([]);
});
