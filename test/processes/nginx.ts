/** nginx with the configuration that is shipped in `deploy/`, on a free port of 127.0.0.1. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shipped = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url));
// Debian has it outside of most people's PATH.
const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** Why nginx can't be started here; `null` when it can. */
export function whyNoNginx(): string | null {
  return spawnSync('nginx', ['-v'], { env }).error === undefined ? null : 'nginx is not installed';
}

/** The shipped configuration for these servers (URLs), listening on `port`. */
export async function siteFor(servers: readonly string[], port: number): Promise<string> {
  const text = await readFile(shipped, 'utf8');
  const line = /^ +server packyard-\d:8080 (.*)$/gm;
  const options = line.exec(text)?.[1];
  if (options === undefined) throw new Error('deploy/nginx.conf has no line for a server.');
  const lines = servers.map((url) => `    server ${new URL(url).host} ${options}`).join('\n');
  return text
    .replace(line, '')
    .replace(/^upstream packyard \{$/m, `upstream packyard {\n${lines}`)
    .replace(/^ +listen 80;$/m, `    listen 127.0.0.1:${port};`);
}

export async function startNginx(servers: readonly string[]): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'site.conf'), await siteFor(servers, port));
  await writeFile(join(folder, 'nginx.conf'), mainFor(folder));
  const child = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  await untilItListens(child, url, () => said);
  return {
    url,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Around the site: everything that nginx writes stays in the folder. */
function mainFor(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/${name};`,
  );
  return [
    // Its workers must reach a folder that only its owner may enter.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    'worker_processes 1;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr crit;',
    'events { worker_connections 1024; }',
    'http {',
    '  access_log off;',
    ...temporary,
    `  include ${folder}/site.conf;`,
    '}',
    '',
  ].join('\n');
}

async function untilItListens(child: ChildProcess, url: string, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said()}`);
    const answer = await fetch(`${url}/-/liveness`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
