import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formats } from '../../src/formats/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { network } from '../../src/config/network.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('Dockerfile', () => {
  const lines = textOf('Dockerfile').replaceAll('\\\n', ' ').split('\n');

  test('copies only what is there and what .dockerignore lets through', () => {
    const ignore = textOf('.dockerignore').split('\n');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied).toContain('src');
    for (const source of copied) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(ignore, source).toContain(`!${source}`);
    }
  });

  test('runs as somebody else than root, with a health check, and installs no script', () => {
    expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
    expect(lines.join('\n')).toMatch(/HEALTHCHECK .*health-check\.mjs/);
    const installs = lines.filter((line) => line.includes('npm ci'));
    expect(installs).toHaveLength(2);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });
});

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
}

describe('compose.yaml', () => {
  const compose = parse(textOf('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  const asked = new Set(textOf('deploy/compose.yaml').match(/(?<=\$\{)[A-Z0-9_]+/g));

  test('gives its servers settings that are right', async () => {
    for (const name of ['packyard-1', 'packyard-2']) {
      const env = Object.fromEntries(
        Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [key, filledIn(value)]),
      );
      const config = await loadConfig({ env, cwd: root, formats });
      expect([config.database.kind, config.blobs.kind]).toEqual(['postgres', 's3']);
    }
  });

  test('waits for those that drain', () => {
    const drain = Number(network.drainSeconds.default);
    expect(Number.parseInt(compose.services['packyard-1']?.stop_grace_period ?? '', 10)).toBeGreaterThan(drain + 30);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(textOf('deploy/packyard.service'))?.[1])).toBeGreaterThan(drain + 30);
  });

  test('asks for exactly the values that example.env lists', () => {
    const listed = textOf('deploy/example.env').match(/^[A-Z0-9_]+(?==)/gm);
    expect(new Set(listed)).toEqual(asked);
  });
});

/** `${NAME:?}` and `${NAME:-default}`, as somebody sets them who follows the file's advice. */
function filledIn(value: string): string {
  return value.replaceAll(/\$\{([A-Z0-9_]+):(?:-([^}]*)|\?)\}/g, (_, name: string, fallback?: string) => {
    if (fallback !== undefined) return fallback;
    return name === 'PACKYARD_EXTERNAL_URL' ? 'http://localhost:8080' : 'abcdef0123456789abcdef0123456789';
  });
}

test('packyard.service is a unit that systemd understands', async ({ skip }) => {
  if (spawnSync('systemd-analyze', ['--version']).error !== undefined) skip('systemd-analyze is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'packyard-unit-'));
  const unit = join(folder, 'packyard.service');
  const text = textOf('deploy/packyard.service');
  await writeFile(unit, text.replace('/usr/bin/node', process.execPath).replaceAll('/opt/packyard/', root));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  await rm(folder, { recursive: true });
  expect(stderr.split('\n').filter((line) => line.includes('packyard.service'))).toEqual([]);
  expect(status).toBe(0);
});

describe('health-check.mjs', () => {
  test.each([
    [200, 0],
    [503, 1],
  ])('readiness %d → exit code %d', async (status, code) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/-/readiness' ? status : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await checked({ PACKYARD_PORT: String((server.address() as AddressInfo).port) })).toBe(code);
    server.close();
  });

  test('nobody there → exit code 1', async () => {
    expect(await checked({ PACKYARD_PORT: '9' })).toBe(1);
  });

  async function checked(env: Readonly<Record<string, string>>): Promise<number | null> {
    const child = spawn(process.execPath, [join(root, 'deploy/health-check.mjs')], { env, stdio: 'ignore' });
    return ((await once(child, 'exit')) as [number | null])[0];
  }
});
