/**
 * Verdaccio with its faster settings: no request log, and signed tokens (JWT), where by default each token costs a
 * password check. It wants a newer Node than the oldest that Packyard runs on, and gets one.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { install } from '../../clients/install.ts';
import { newerNode, type Pinned } from '../../clients/pinned.ts';
import { ask } from '../load/ask.ts';
import { freePort } from '../machine/free-port.ts';
import type { Pinning } from '../machine/pinning.ts';
import { type ServerProcess, start, untilReady } from '../machine/processes.ts';
import type { Registry } from './peer.ts';

export interface VerdaccioServer {
  readonly process: ServerProcess;
  readonly url: string;
  /** Where its packages are stored. */
  readonly storage: string;
}

export interface Verdaccio extends Registry {
  readonly id: 'verdaccio';
  readonly folder: string;
  readonly storage: string;
  readonly searchUrl: string;
}

const pinned: Pinned = {
  package: 'verdaccio',
  version: '6.10.4',
  program: 'bin/verdaccio',
  // A dependency of it names a moving tag.
  overrides: { 'node-fetch': '2.7.0' },
};

/** `upstreamUrl`: of packages that begin with `up-`. */
export async function startVerdaccio(
  folder: string,
  pinning: Pinning,
  upstreamUrl: string | null = null,
): Promise<VerdaccioServer> {
  const program = await install(pinned);
  const node = await install(newerNode);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'config.yaml');
  await writeFile(file, upstreamUrl === null ? configuration : withUpstream(upstreamUrl));
  const server = start({
    command: pinning.server([node, program, '--config', file, '--listen', `127.0.0.1:${port}`]),
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, NODE_ENV: 'production' },
    errors: path.join(folder, 'errors.txt'),
  });
  await untilReady(server, `${url}/-/ping`);
  return { process: server, url, storage: path.join(folder, 'storage') };
}

/** A server and somebody who may publish to it. */
export async function openVerdaccio(
  folder: string,
  pinning: Pinning,
  upstreamUrl: string | null = null,
): Promise<Verdaccio> {
  const { process: server, url, storage } = await startVerdaccio(folder, pinning, upstreamUrl);
  const token = await register(url);
  const packageUrl = (name: string): string => `${url}/${name}`;
  return {
    id: 'verdaccio',
    process: server,
    folder,
    storage,
    authorization: `Bearer ${token}`,
    searchUrl: `${url}/-/v1/search`,
    packumentUrl: packageUrl,
    publishUrl: packageUrl,
    tarballUrl: ({ name, version }) => `${url}/${name}/-/${name}-${version}.tgz`,
  };
}

async function register(url: string): Promise<string> {
  const user = { name: 'dev', password: 'correct horse dev battery' };
  const { status, body } = await ask(`${url}/-/user/org.couchdb.user:${user.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(user)),
  });
  if (status !== 201) throw new Error(`Verdaccio answered ${status} to a registration: ${body.toString()}`);
  return (JSON.parse(body.toString()) as { token: string }).token;
}

/** As fresh as Packyard's: documents are asked for again after an hour. */
function withUpstream(url: string): string {
  return configuration
    .replace('uplinks: {}', `uplinks:\n  other:\n    url: ${url}\n    maxage: 60m\n    max_fails: 100`)
    .replace("  '**':", "  'up-*':\n    access: $authenticated\n    proxy: other\n  '**':");
}

const configuration = `
storage: ./storage
max_body_size: 200mb
web:
  enable: false
auth:
  htpasswd:
    file: ./htpasswd
security:
  api:
    jwt:
      sign:
        expiresIn: 30d
uplinks: {}
packages:
  'open-*':
    access: $all
    publish: $authenticated
  '**':
    access: $authenticated
    publish: $authenticated
server:
  keepAliveTimeout: 60
userRateLimit:
  windowMs: 1000
  max: 1000000
log: { type: stdout, format: json, level: error }
`;
